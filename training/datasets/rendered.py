"""Reader of a folder of rendered photos, whose every lesion is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from mobile_models.lesions import TYPES
from training.datasets.photo import AnnotatedPhoto
from training.datasets.yolo import read_folder


def read_rendered(folder: Path) -> list[AnnotatedPhoto]:
    """Read ``folder/images`` and ``folder/labels``; classes are indices into ``TYPES``, all boxed."""
    everything = np.ones(len(TYPES), dtype=np.float32)
    return [
        AnnotatedPhoto(path, "rendered", f"rendered:{path.stem}", boxes, classes, everything)
        for path, classes, boxes in read_folder(folder / "images", folder / "labels")
    ]
