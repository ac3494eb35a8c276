"""Predictions come back from their file as they went in."""

from pathlib import Path

import numpy as np

from training.datasets.photo import AnnotatedPhoto
from training.evaluation.predict import Predicted
from training.evaluation.stored import read_predictions, store_predictions


def prediction(candidates, references):
    rng = np.random.default_rng(candidates)
    boxes = rng.random((references, 4))
    photo = AnnotatedPhoto(Path("a.jpg"), "acnescu", "a", boxes, np.arange(references) % 4, np.ones(4))
    columns = rng.random((candidates, 4)), np.arange(candidates) % 4, rng.random(candidates), rng.random(candidates)
    return Predicted(photo, *columns, boxes * 640)


def test_what_was_stored_is_read_as_it_was_photo_by_photo(tmp_path):
    before = [prediction(3, 2), prediction(0, 1), prediction(2, 0)]
    store_predictions(before, tmp_path / "some.npz")
    after = read_predictions(tmp_path / "some.npz", [each.photo for each in before])
    for old, new in zip(before, after, strict=True):
        for name in ("boxes", "classes", "scores", "sizes", "reference"):
            assert np.array_equal(getattr(old, name), getattr(new, name))
        assert np.array_equal(old.photo.types, new.photo.types)
