"""One folder of annotated photos, whatever its format: detected, read, typed, grouped and checked for label leaks.

Boxes refer to the upright photo, as ``mobile_models.image.read_photo`` sees it: EXIF orientation applied.
"""

from __future__ import annotations

import json
from collections.abc import Collection as Names
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from mobile_models.errors import AssessmentError
from mobile_models.lesions import TYPES
from training.datasets.annotation import LabelError, Reading
from training.datasets.background import background_of
from training.datasets.box_csv import is_box_csv, read_box_csv
from training.datasets.classes import IGNORED, types_of
from training.datasets.coco import is_coco, read_coco
from training.datasets.grouping import groups_of
from training.datasets.image_files import ImageFiles, split_of
from training.datasets.labelme import is_labelme, read_labelme
from training.datasets.leaks import LabelLeak, Leak, find_leaks, one_type_a_photo
from training.datasets.near_duplicates import Fingerprint, fingerprint, near_pairs
from training.datasets.photo import UNKNOWN, AnnotatedPhoto
from training.datasets.sources import read_source
from training.datasets.voc import is_voc, read_voc
from training.datasets.yolo import is_yolo, read_yolo

READERS = {
    "coco": (is_coco, read_coco),
    "labelme": (is_labelme, read_labelme),
    "voc": (is_voc, read_voc),
    "csv": (is_box_csv, read_box_csv),
    "yolo": (is_yolo, read_yolo),
}
FORMATS = (*READERS, "source")
"""``source`` is one of several collections beside a ``sources.json`` that describes it."""

PRESENT = "present"
"""In place of the types that annotators boxed: in each photo, those it has boxes of."""


@dataclass
class Collection:
    """A folder as it was read.

    Attributes:
        format: One of ``FORMATS``.
        photos: Readable photos with their boxes.
        prints: Their fingerprints, in the same order.
        pairs: Near-duplicates, by position.
        named: Group of each photo by tables and names alone, before near-duplicates join groups.
        leaks: Grades that give the lesion type away.
        one_type: Whether every photo has one type only.
        unreadable: Photos that can not be decoded, and why.
        notes: What else was left out or decided.
    """

    format: str
    photos: list[AnnotatedPhoto]
    prints: list[Fingerprint] = field(default_factory=list)
    pairs: list[tuple[int, int]] = field(default_factory=list)
    named: list[str] = field(default_factory=list)
    leaks: list[Leak] = field(default_factory=list)
    one_type: bool = False
    unreadable: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_collection(
    folder: Path,
    *,
    format: str | None = None,
    classes: Mapping[str, str] | None = None,
    boxed: str | Names[str] | None = None,
    allow_leak: bool = False,
) -> list[AnnotatedPhoto]:
    """Return the annotated photos of a folder; see `open_collection`.

    Raises:
        LabelLeak: lesion types follow from the photos' grades, and ``allow_leak`` does not say to go on.
        LabelError, ClassNameError: as `open_collection`.
    """
    collection = open_collection(folder, format=format, classes=classes, boxed=boxed)
    refuse_leaks(collection, folder, allow_leak)
    return collection.photos


def refuse_leaks(collection: Collection, folder: Path, allow_leak: bool) -> None:
    """Raise `LabelLeak` where lesion types follow from grades, unless that is allowed."""
    if collection.leaks and not allow_leak:
        kinds = sorted({kind for leak in collection.leaks for kind in leak.type_of_grade.values()})
        raise LabelLeak(
            f"{folder}: {'; '.join(map(str, collection.leaks))}. Such types are no observation of a lesion. Read the "
            f"boxes without types (--classes maps each class name to lesion, here those of {', '.join(kinds)}), or say "
            "--allow-label-leak if you know better"
        )


def open_collection(
    folder: Path,
    *,
    format: str | None = None,
    classes: Mapping[str, str] | None = None,
    boxed: str | Names[str] | None = None,
) -> Collection:
    """Read a folder in full: every photo is decoded once.

    Args:
        folder: Photos and labels in YOLO, VOC, COCO, LabelMe or box CSV form, or one source of a ``sources.json``.
        format: One of ``FORMATS``; detected where left out.
        classes: What class names mean that are not known by themselves (``types_of``).
        boxed: Names of the lesion types that annotators meant to box; ``"present"`` for, in each photo, those it
            shows. Left out: the classes that the folder declares, or ``present`` where every photo has one type only.

    Raises:
        LabelError: no or several formats fit, or a label can not be read.
        ClassNameError: a class name means nothing here.
    """
    if not folder.is_dir():
        raise LabelError(f"{folder}: no such folder; give the folder that holds photos and labels")
    folder = folder.resolve()
    format = format or detect_format(folder)
    if format == "source":
        collection = Collection(format, _read_source(folder))
    else:
        collection = _typed(folder, format, READERS[format][1](folder, ImageFiles(folder)), classes, boxed)
    _look(collection)
    collection.named = [photo.group for photo in collection.photos]
    if format != "source":
        paths = [photo.path for photo in collection.photos]
        collection.named, groups = groups_of(folder, paths, []), groups_of(folder, paths, collection.pairs)
        collection.photos = [
            replace(photo, group=f"{folder.name}:{group}")
            for photo, group in zip(collection.photos, groups, strict=True)
        ]
    collection.leaks = find_leaks(collection.photos, folder)
    collection.one_type = one_type_a_photo(collection.photos)
    if collection.one_type and boxed is None and format != "source":
        collection.photos = [
            replace(photo, background=background_of(set(photo.types.tolist()))) for photo in collection.photos
        ]
    return collection


def detect_format(folder: Path) -> str:
    """Return the one format whose labels lie in the folder, given by its full path.

    Raises:
        LabelError: none or several do.
    """
    table = folder.parent / "sources.json"
    if table.is_file() and folder.name in json.loads(table.read_text())["sources"]:
        return "source"
    images = ImageFiles(folder)
    if not images.paths:
        raise LabelError(f"{folder}: no JPEG, PNG or WebP photo in it; give the folder that holds photos and labels")
    fitting = [name for name, (fits, _) in READERS.items() if fits(folder, images)]
    if len(fitting) != 1:
        problem = f"labels of several formats ({', '.join(fitting)})" if fitting else "no labels that can be read"
        raise LabelError(f"{folder}: {problem}; say which with --format {'|'.join(READERS)}")
    return fitting[0]


def boxed_types(names: Names[str]) -> set[int]:
    """Return the type indices (``UNKNOWN`` for untyped lesions) of names such as ``papule`` and ``blackheads``."""
    return set(types_of(names).values())


def _read_source(folder: Path) -> list[AnnotatedPhoto]:
    root, name = folder.parent, folder.name
    splits = json.loads((root / "sources.json").read_text())["sources"][name].get("splits", ["train"])
    return [photo for split in splits for photo in read_source(root, name, split)]


def _typed(
    folder: Path,
    format: str,
    reading: Reading,
    classes: Mapping[str, str] | None,
    boxed: str | Names[str] | None,
) -> Collection:
    words = [*reading.declared, *(word for labelled in reading.photos for word in labelled.words)]
    kinds = types_of(words, classes)
    declared = {kinds[word] for word in reading.declared} if boxed in (None, PRESENT) else boxed_types(boxed or ())
    photos = []
    for labelled in reading.photos:
        types = np.array([kinds[word] for word in labelled.words], dtype=np.int64)
        wanted = types != IGNORED
        background = background_of(set(types.tolist()) if boxed == PRESENT else declared)
        split = split_of(labelled.path, folder)
        photos.append(
            AnnotatedPhoto(labelled.path, folder.name, "", labelled.boxes[wanted], types[wanted], background, split)
        )
    used = {index for photo in photos for index in photo.types.tolist()}
    notes = list(reading.notes)
    for index in sorted(declared - used - {IGNORED, UNKNOWN}):
        notes.append(
            f"{TYPES[index]}: among the classes, boxed nowhere, so taken to be absent (--boxed says otherwise)"
        )
    return Collection(format, photos, notes=notes)


def _look(collection: Collection) -> None:
    """Decode every photo once; those that can not be read are left out and noted."""
    readable = []
    for photo in collection.photos:
        try:
            collection.prints.append(fingerprint(photo.path))
            readable.append(photo)
        except AssessmentError as error:
            collection.unreadable.append(f"{photo.path}: {error}")
    collection.photos = readable
    collection.pairs = near_pairs(collection.prints)
