"""What a teacher's soft labels change in a photo's annotation.

Sources leave lesions out, box what is none, and do not say which type an untyped box is. Where a teacher is
believed, (a) an untyped box has the teacher's distribution over types; (b) an unboxed place where the teacher is
sure is left out of account, not trained as clear skin; (c) a box that the teacher does not see can count less.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mobile_models.export.metrics import GROWN, ScoredPhoto, matches_by_centre
from mobile_models.lesions import TYPES
from training.array import Array
from training.config import DistilConfig
from training.datasets.photo import UNKNOWN, AnnotatedPhoto
from training.soft_labels import SoftLabels, label_path, read_labels

RECORD = "labels.json"


@dataclass(frozen=True)
class Taught:
    """A teacher's word on one photo.

    Attributes:
        annotated: (n, 5) float32, a row an annotated box: the share of its target that stands, and the weighted
            distribution over types that it is drawn to, zeros where the teacher says nothing.
        doubtful: (m, 4) float32 x0 y0 x1 y1 relative: unboxed places that are no background.
    """

    annotated: Array
    doubtful: Array


class Teacher:
    """Reads the folder that ``python -m training teach`` wrote.

    Raises:
        ValueError: the folder is no teacher's, or was left unfinished.
    """

    def __init__(self, folder: Path, config: DistilConfig) -> None:
        if not (folder / RECORD).is_file():
            raise ValueError(f"{folder}: no {RECORD}; let python -m training teach finish there first")
        self.folder, self.config = folder, config

    def taught(self, photo: AnnotatedPhoto) -> Taught:
        """Return what the teacher changes in a photo; nothing where it was never shown the photo."""
        path = label_path(self.folder, photo)
        return taught(photo, read_labels(path), self.config) if path.exists() else silence(photo)


def silence(photo: AnnotatedPhoto) -> Taught:
    """Return a word that changes nothing."""
    standing = np.zeros((len(photo.types), 1 + len(TYPES)), dtype=np.float32)
    standing[:, 0] = 1 if photo.standing is None else photo.standing
    return Taught(standing, np.zeros((0, 4), dtype=np.float32))


def taught(photo: AnnotatedPhoto, labels: SoftLabels, config: DistilConfig) -> Taught:
    """Return what ``labels`` change in a photo's annotation."""
    word = silence(photo).annotated
    match = matches_by_centre(ScoredPhoto(labels.boxes, labels.any, photo.boxes))
    seen = match >= 0
    chance = np.zeros(len(photo.types), dtype=np.float32)
    chance[match[seen]] = labels.any[seen]
    if photo.source in config.doubted:
        word[:, 0] *= 1 - config.trust * (1 - np.minimum(1, chance / config.sure))
    word[match[seen], 1:] = config.types * labels.shares[seen]
    word[photo.types != UNKNOWN, 1:] = 0
    sure = (labels.any >= config.sure) & ~_on_a_box(labels.boxes, photo.boxes)
    doubted = sure if photo.source in config.doubted else np.zeros_like(sure)
    return Taught(word, labels.boxes[doubted].astype(np.float32))


def _on_a_box(boxes: Array, reference: Array) -> Array:
    """Return (n,) whether a box's centre lies inside any reference box grown by a quarter."""
    centre, its = ((corners[:, :2] + corners[:, 2:]) / 2 for corners in (boxes, reference))
    reach = (reference[:, 2:] - reference[:, :2]) * GROWN / 2
    inside: Array = (np.abs(centre[:, None] - its[None]) <= reach[None]).all(axis=2).any(axis=1)
    return inside
