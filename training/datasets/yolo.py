"""Reader of YOLO text labels: one file a photo, one ``class cx cy w h`` line a box, relative to the upright photo.

A line of a class and three or more ``x y`` pairs is a polygon, as segmentation exports write it: its bounding
box is taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import yaml

from training.array import Array
from training.datasets.annotation import LabelError, Reading
from training.datasets.image_files import IMAGE_SUFFIXES, ImageFiles, files_below
from training.datasets.text import read_text

NAME_LISTS = ("classes.txt", "obj.names", "labels/classes.txt", "labels.txt")


def read_boxes(label_file: Path) -> tuple[Array, Array]:
    """Return the classes (n,) int64 and boxes (n, 4) float32 x0 y0 x1 y1 of one label file.

    A missing file means no boxes. Boxes are clipped to the photo; those without area are dropped.

    Raises:
        LabelError: a line is not five finite numbers.
    """
    classes, corners = read_corners(label_file) if label_file.exists() else ([], [])
    boxes = np.array(corners, dtype=np.float32).reshape(-1, 4).clip(0, 1)
    solid = (boxes[:, 2:] > boxes[:, :2]).all(axis=1)
    return np.array(classes, dtype=np.int64)[solid], boxes[solid]


def read_corners(label_file: Path) -> tuple[list[int], list[list[float]]]:
    """Return the class indices and corners x0 y0 x1 y1 of one label file, as they stand.

    Raises:
        LabelError: a line is not five finite numbers, nor a class and a polygon; or the file is not text.
    """
    classes, corners = [], []
    lines = read_text(label_file).splitlines()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            values = np.array([float(word) for word in line.split()], dtype=np.float32)
        except ValueError:
            values = np.zeros(0, dtype=np.float32)
        polygon = len(values) >= 7 and len(values) % 2 == 1
        if not np.isfinite(values).all():
            raise LabelError(f"{label_file}:{number}: a number is not finite in {line!r}; correct or delete the line")
        if not (len(values) == 5 or polygon) or values[0] < 0 or values[0] % 1:
            raise LabelError(f"{label_file}:{number}: expected 'class cx cy w h', got {line!r}")
        classes.append(int(values[0]))
        if polygon:
            points = values[1:].reshape(-1, 2)
            corners.append([*points.min(0), *points.max(0)])
        else:
            centre, half = values[1:3], values[3:5] / 2
            corners.append([*(centre - half), *(centre + half)])
    return classes, corners


def read_folder(images: Path, labels: Path) -> Iterator[tuple[Path, Array, Array]]:
    """Yield (photo, classes, boxes) for every image in a folder, in the order of their names."""
    for image in sorted(images.iterdir()):
        if image.suffix.lower() in IMAGE_SUFFIXES:
            yield image, *read_boxes(labels / f"{image.stem}.txt")


def is_yolo(folder: Path, images: ImageFiles) -> bool:
    """Whether a text label lies where YOLO keeps it for at least one image."""
    return any(_label_of(image, folder) for image in images.paths)


def read_yolo(folder: Path, images: ImageFiles) -> Reading:
    """Read ``images/`` and ``labels/``, with or without splits in either order, or texts beside the images.

    Class names come from ``data.yaml`` (any YAML with ``names``) or ``classes.txt``; without either a class is called
    by its number. An empty label file says that the photo has no lesion; a photo without a label file was not
    annotated and is left out, as is a label without a photo.

    Raises:
        LabelError: a line can not be read, names no class, or two photos share one label file.
    """
    names = _class_names(folder)
    reading = Reading(declared=list(names.values()))
    taken: dict[Path, Path] = {}
    for image in images.paths:
        label = _label_of(image, folder)
        if label is None:
            reading.notes.append(f"{image}: no label file; left out (an empty one would say: no lesions)")
            continue
        if label in taken:
            raise LabelError(f"{label}: belongs to both {taken[label].name} and {image.name}; rename one and its label")
        taken[label] = image
        with reading.collecting():
            classes, corners = read_corners(label)
            if names and (unnamed := sorted(set(classes) - set(names))):
                raise LabelError(f"{label}: class {unnamed[0]} has no name in the folder's list {list(names.values())}")
            reading.add(image, [names.get(index, str(index)) for index in classes], corners, str(label))
    lists = {Path(name).name for name in NAME_LISTS}
    for label in files_below(folder, {".txt"}):
        if "labels" in label.relative_to(folder).parts and label not in taken and label.name not in lists:
            reading.notes.append(f"{label}: no photo of this name; left out")
    return reading.finished()


def _label_of(image: Path, folder: Path) -> Path | None:
    parts = list(image.relative_to(folder).parts)
    swapped = [
        folder.joinpath(*parts[:place], "labels", *parts[place + 1 :]).with_suffix(".txt")
        for place, part in enumerate(parts[:-1])
        if part.lower() == "images"
    ]
    for label in [*reversed(swapped), image.with_suffix(".txt"), folder / "labels" / f"{image.stem}.txt"]:
        if label.is_file():
            return label
    return None


def _class_names(folder: Path) -> dict[int, str]:
    for path in sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")]):
        try:
            names = (yaml.safe_load(read_text(path)) or {}).get("names")
        except (yaml.YAMLError, AttributeError):
            raise LabelError(f"{path}: not readable as YAML; export it again or remove it") from None
        if names:
            pairs = names.items() if isinstance(names, dict) else enumerate(names)
            return {int(index): str(name) for index, name in pairs}
    for name in NAME_LISTS:
        if (folder / name).is_file():
            lines = read_text(folder / name).splitlines()
            return {index: line.strip() for index, line in enumerate(lines) if line.strip()}
    return {}
