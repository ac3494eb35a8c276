"""Predictions stored in a file, so that a run that was stopped does not predict again."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from training.datasets.photo import AnnotatedPhoto
from training.evaluation.predict import Predicted


def store_predictions(predicted: Sequence[Predicted], path: Path) -> None:
    """Write predictions; a kill leaves the whole file or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = {
        "candidates": [len(measured.scores) for measured in predicted],
        "references": [len(measured.reference) for measured in predicted],
        **{name: np.concatenate([getattr(measured, name) for measured in predicted]) for name in _CANDIDATE},
        "reference": np.concatenate([measured.reference for measured in predicted]),
        "annotated": np.concatenate([measured.photo.boxes for measured in predicted]),
        "types": np.concatenate([measured.photo.types for measured in predicted]),
    }
    scratch = path.with_suffix(".tmp")
    with scratch.open("wb") as file:
        np.savez(file, **columns)
    os.replace(scratch, path)


def read_predictions(path: Path, photos: Sequence[AnnotatedPhoto]) -> list[Predicted]:
    """Read what ``store_predictions`` wrote of the same photos."""
    with np.load(path) as file:
        columns = {name: file[name] for name in file.files}
    ours, its = (np.cumsum(columns[name])[:-1] for name in ("candidates", "references"))
    candidate = {name: np.split(columns[name], ours) for name in _CANDIDATE}
    reference, annotated, types = (np.split(columns[name], its) for name in ("reference", "annotated", "types"))
    return [
        Predicted(
            replace(photo, boxes=annotated[place], types=types[place]),
            boxes=candidate["boxes"][place],
            classes=candidate["classes"][place],
            scores=candidate["scores"][place],
            sizes=candidate["sizes"][place],
            reference=reference[place],
        )
        for place, photo in enumerate(photos)
    ]


_CANDIDATE = ("boxes", "classes", "scores", "sizes")
