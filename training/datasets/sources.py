"""Reader of a folder of several collections described by one ``sources.json``.

The file names the classes and, a source, which of them its annotators boxed. What they did not box is
present and unboxed, so it is not background: that is what ``AnnotatedPhoto.background`` carries.
"""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path

import numpy as np

from mobile_models.lesions import TYPES
from training.array import Array
from training.datasets.background import background_of
from training.datasets.classes import types_of
from training.datasets.image_files import IMAGE_SUFFIXES
from training.datasets.photo import UNKNOWN, AnnotatedPhoto
from training.datasets.two_campaigns import united
from training.datasets.yolo import read_folder


def background_weights(labelled: list[str], classes_present: set[int]) -> Array:
    """Return (4,) float32: how far unboxed skin counts against each type, from what the source labelled."""
    if labelled == ["lesion"]:
        return background_of({UNKNOWN})
    if labelled == ["the one class present in the photo"]:
        return background_of(classes_present)
    if not labelled:
        return np.ones(len(TYPES), dtype=np.float32)
    return background_of(set(types_of(labelled).values()))


def read_source(root: Path, name: str, split: str, also: str = "") -> list[AnnotatedPhoto]:
    """Read one split of one source below ``root`` (which holds ``sources.json``).

    Args:
        root: Folder of the sources.
        name: The source.
        split: Folder below its ``images`` and ``labels``.
        also: Folder of a second campaign's labels, that are united with the first's; '' for the first's alone.
    """
    described = json.loads((root / "sources.json").read_text())
    source = described["sources"][name]
    kinds = types_of(described["classes"])
    type_of_index = [kinds[word] for word in described["classes"]]
    if not source["labelled"]:
        return _clear_faces(root, name, split)
    groups = _source_photos(root / name / "photos.csv")
    photos = []
    for path, classes, boxes in read_folder(root / name / "images" / split, root / name / "labels" / split):
        types = np.array([type_of_index[index] for index in classes], dtype=np.int64)
        photo = AnnotatedPhoto(
            path=path,
            source=name,
            group=_group(name, path.stem, groups),
            boxes=boxes,
            types=types,
            background=background_weights(source["labelled"], set(types.tolist())),
        )
        photos.append(united(photo, root / name / also / split / f"{path.stem}.txt") if also else photo)
    return photos


def _clear_faces(root: Path, name: str, split: str) -> list[AnnotatedPhoto]:
    folder = root / name / "images" / split if (root / name / "images").is_dir() else root / name
    none = np.zeros((0, 4), dtype=np.float32)
    return [
        AnnotatedPhoto(
            path,
            name,
            f"{name}:{path.stem}",
            none,
            none[:, 0].astype(np.int64),
            background_weights([], set()),
        )
        for path in sorted(folder.iterdir())
        if path.suffix.lower() in IMAGE_SUFFIXES
    ]


def _source_photos(table: Path) -> dict[str, str]:
    if not table.exists():
        return {}
    with table.open(newline="") as file:
        return {row["image"]: row["source_photo"] for row in csv.DictReader(file)}


def _group(source: str, stem: str, groups: dict[str, str]) -> str:
    """The web sources share one numbering of clusters, so a cluster is one group across them.

    A source called ``…_real`` shows another's photos at the pixels they were taken with.
    """
    if stem in groups:
        return f"{source.removesuffix('_real')}:{groups[stem]}"
    family = "web" if source.startswith(("web_", "phone_")) else source.removesuffix("_real")
    return f"{family}:{stem.split('_')[0]}"


def is_held_out(group: str, share: float) -> bool:
    """Whether a group belongs to the held-out part: a fixed draw by the group's name, the same everywhere."""
    draw = int.from_bytes(hashlib.sha256(group.encode()).digest()[:4], "big") / 2**32
    return draw < share
