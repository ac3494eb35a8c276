"""Photos of 100 × 100 pixels with given boxes and candidates, and drawn scenes; no photo is read."""

from itertools import count
from pathlib import Path

import cv2
import numpy as np
import pytest

from mobile_models.calibration import Calibration
from training.datasets.photo import AnnotatedPhoto
from training.evaluation.fit import calibrate
from training.evaluation.fit import count as count_photo
from training.evaluation.plan import plan_of_folder
from training.evaluation.predict import Predicted

NUMBERS = count()


@pytest.fixture
def seen():
    """Make a photo with its candidates: boxes as (x0, y0, x1, y1, type), candidates as (…, class, score)."""

    def make(
        boxes=(), candidates=(), source="clinic", group=None, background=(1, 1, 1, 1), name=None, ita=float("nan")
    ):
        annotated = np.array(boxes, dtype=float).reshape(-1, 5)
        rows = np.array(candidates, dtype=float).reshape(-1, 6)
        rows = rows[np.argsort(-rows[:, 5], kind="stable")]
        stem = name or f"photo{next(NUMBERS)}"
        photo = AnnotatedPhoto(
            Path(f"{stem}.jpg"),
            source,
            group or f"{source}:{stem}",
            (annotated[:, :4] / 100).astype(np.float32),
            annotated[:, 4].astype(np.int64),
            np.array(background, dtype=np.float32),
        )
        sizes = np.sqrt((rows[:, 2:4] - rows[:, :2]).prod(axis=1)) / 100
        return Predicted(photo, rows[:, :4], rows[:, 4].astype(np.int64), rows[:, 5], sizes, annotated[:, :4], ita)

    return make


@pytest.fixture
def counted():
    """Count photos by a calibration fitted on those very photos."""

    def make(photos, plan=None):
        plan = plan or plan_of_folder(photos[0].photo.source)
        shipped = Calibration.from_manifest(calibrate(photos, plan))
        return [count_photo(photo, shipped) for photo in photos]

    return make


@pytest.fixture
def clinic(seen):
    """Photos of a source that a detector finds well but not perfectly: (number, seed) → photos."""

    def make(number, seed=0, source="clinic"):
        rng = np.random.default_rng(seed)
        return [seen(*_face(rng), source=source, ita=float(rng.choice([20, 35, 50]))) for _ in range(number)]

    return make


@pytest.fixture
def scene():
    """Draw a spotted surface, 320 × 320 grey, another one a seed."""

    def draw(seed):
        rng = np.random.default_rng(seed)
        rough = cv2.resize(rng.integers(60, 200, (10, 10)).astype(np.uint8), (320, 320), interpolation=cv2.INTER_CUBIC)
        for x, y in rng.integers(10, 310, (150, 2)).tolist():
            axes = tuple(rng.integers(2, 9, 2).tolist())
            cv2.ellipse(rough, (x, y), axes, float(rng.uniform(0, 180)), 0, 360, int(rng.integers(20, 240)), -1)
        return rough

    return draw


@pytest.fixture
def captured_again():
    """Show a scene as a second capture does: shifted, 8 % larger, lit from one side, and somewhat blurred."""

    def show(scene):
        onto = cv2.getRotationMatrix2D((160, 160), 3, 1.08) + np.array([[0, 0, 9], [0, 0, -6]])
        moved = cv2.warpAffine(scene, onto, (320, 320), borderMode=cv2.BORDER_REFLECT)
        light = np.linspace(0.45, 1.15, 320)[None]
        return (cv2.GaussianBlur(moved, (0, 0), 0.7) * light).clip(0, 255).astype(np.uint8)

    return show


def _face(rng):
    places = rng.permutation(81)[: rng.integers(1, 30)]
    boxes, candidates = [], []
    for place in places:
        x, y = 10 * (place % 9) + 6, 10 * (place // 9) + 6
        side, kind = rng.uniform(2, 5), int(rng.integers(4))
        box = (x - side / 2, y - side / 2, x + side / 2, y + side / 2)
        real = rng.random() < 0.8
        if real:
            boxes.append((*box, kind))
        if rng.random() < 0.85:
            called = kind if rng.random() < 0.7 else int(rng.integers(4))
            candidates.append((*box, called, float(rng.beta(4, 3) if real else rng.beta(2, 8))))
    return boxes, candidates
