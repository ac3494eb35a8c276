"""Pictures made on the spot, the released bundle, and a detector whose answer a test chooses."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from mobile_models import bundle as bundles
from mobile_models.detector import Detector
from mobile_models.image import Photo, square_crop
from mobile_models.quality import judge

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


def features(size):
    """[height, width, 1] how dark a face's brows, eyes, nose and mouth are, 0–1."""
    drawn = Image.new("L", (400, 512), 0)
    pen = ImageDraw.Draw(drawn)

    def mark(x, y, across, down, level):
        x, y = 200 + 172 * x, 250 + 218 * y
        pen.ellipse((x - across, y - down, x + across, y + down), fill=level)

    for side in (-1, 1):
        mark(side * 0.42, -0.12, 34, 13, 140)
        mark(side * 0.42, -0.12, 13, 13, 255)
        mark(side * 0.42, -0.30, 46, 8, 200)
        mark(side * 0.13, 0.27, 9, 6, 160)
    mark(0, 0.52, 58, 13, 150)
    short = min(size)
    fitted = drawn.filter(ImageFilter.GaussianBlur(3)).resize((round(0.8 * short), round(short)))
    whole = Image.new("L", size, 0)
    whole.paste(fitted, ((size[0] - fitted.width) // 2, (size[1] - fitted.height) // 2))
    return np.asarray(whole)[..., None] / 255


@pytest.fixture(scope="session")
def paint_face():
    """Paint a face: an ellipse of lit, textured skin filling the oval, with brows, eyes, nose and mouth, on grey."""

    def paint(tone=(200, 150, 125), size=(480, 640), light=1.0, seed=0):
        width, height = size
        down, across = np.mgrid[:height, :width]
        short = min(size)
        u, v = (across - width / 2) / (0.39 * short), (down - height / 2) / (0.50 * short)
        radius = np.hypot(u, v)
        shade = light * (1.05 - 0.25 * radius**2)[..., None]
        rough = np.random.default_rng(seed).normal(0, 0.04, (height, width, 1))
        grain = (
            1
            + (rough + np.roll(rough, 1, axis=0) + np.roll(rough, 1, axis=1) + np.roll(rough, (1, 1), axis=(0, 1))) / 2
        )
        skin = np.array(tone) * shade * grain * (1 - 0.8 * features(size))
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
def judged(detector):
    """Judge a picture as the gate does: its quality, by guide and view."""

    def judge_photo(picture, guided=False, view="front"):
        photo = picture if isinstance(picture, Photo) else Photo(picture.convert("RGB"), *picture.size)
        bundle = detector.bundle
        oval = bundle.zones if guided else None
        square = square_crop(photo, oval, bundle.pad_value)
        faces = detector.faces(photo)
        return judge(photo, square, view, oval, faces, bundle.gate, bundle.exposure, bundle.input_size_px)

    return judge_photo


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
