"""Pictures made on the spot, the released bundle, and a detector whose answer a test chooses."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mobile_models import bundle as bundles
from mobile_models.detector import Detector

MONK_TONES = {
    "monk-01": (246, 237, 228),
    "monk-02": (243, 231, 219),
    "monk-03": (247, 234, 208),
    "monk-04": (234, 218, 186),
    "monk-05": (215, 189, 150),
    "monk-06": (160, 126, 86),
    "monk-07": (130, 92, 67),
    "monk-08": (96, 65, 52),
    "monk-09": (58, 49, 42),
    "monk-10": (41, 36, 32),
}
"""The Monk Skin Tone scale (skintone.google)."""


@pytest.fixture(scope="session")
def monk_tones():
    return MONK_TONES


@pytest.fixture(scope="session")
def paint_face():
    """Paint a face: an ellipse of lit, textured skin filling the oval, on grey."""

    def paint(tone=(200, 150, 125), size=(480, 640), light=1.0, seed=0):
        width, height = size
        down, across = np.mgrid[:height, :width]
        short = min(size)
        u, v = (across - width / 2) / (0.39 * short), (down - height / 2) / (0.50 * short)
        radius = np.hypot(u, v)
        shade = light * (1.05 - 0.25 * radius**2)[..., None]
        grain = np.random.default_rng(seed).normal(1, 0.04, (height, width, 1))
        skin = np.array(tone) * shade * grain
        picture = np.where(radius[..., None] <= 1, skin, 128)
        return Image.fromarray(picture.clip(0, 255).astype(np.uint8))

    return paint


@pytest.fixture(scope="session")
def encode():
    """Encode a picture as a file's bytes."""

    def to_bytes(image, kind="JPEG", **options):
        file = io.BytesIO()
        image.save(file, kind, **options)
        return file.getvalue()

    return to_bytes


@pytest.fixture(scope="session")
def bundle():
    return bundles.Bundle.open(bundles.RELEASED)


@pytest.fixture(scope="session")
def detector(bundle):
    return Detector(bundle, num_threads=1)


@pytest.fixture(scope="session")
def zone_table(bundle):
    return bundle.zones


class ChosenDetector(Detector):
    """Answers with the rows a test chose, whatever the picture: (ymin, xmin, ymax, xmax, class, score)."""

    rows: tuple = ()

    def raw(self, tensor):
        table = np.zeros((1, 300, 6), dtype=np.float32)
        if len(self.rows):
            table[0, : len(self.rows)] = self.rows
        count = np.array([len(self.rows)], dtype=np.float32)
        return table[..., :4], table[..., 4], table[..., 5], count


@pytest.fixture
def chosen_detector(bundle):
    return ChosenDetector(bundle, num_threads=1)


@pytest.fixture(scope="session")
def real_photos():
    """Real photographs by source; skipped where they are not at hand, as they are never committed."""
    data = Path(__file__).parents[3] / "shared" / "data"

    def of(source, every):
        photos = sorted((data / source).rglob("*.jpg"))[::every]
        if not photos:
            pytest.skip(f"no photographs of {source} beside this checkout (../shared/data)")
        return photos

    return of
