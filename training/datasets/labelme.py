"""Reader of LabelMe JSON: one file a photo, shapes in pixels, each brought to its bounding box."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from training.datasets.annotation import LabelError, Reading
from training.datasets.image_files import ImageFiles, label_size
from training.datasets.json_files import json_objects

OUTLINES = ("rectangle", "polygon", "circle")


def is_labelme(folder: Path, images: ImageFiles) -> bool:
    """Whether a JSON file with ``shapes`` lies below the folder."""
    return next(_documents(folder), None) is not None


def read_labelme(folder: Path, images: ImageFiles) -> Reading:
    """Read every LabelMe file below the folder; one without shapes says that the photo has no lesion.

    Rectangles, polygons and circles count; points, lines and masks have no size here and are left out and noted.

    Raises:
        LabelError: JSON breaks off, a shape's points can not be read, or the size is not the upright photo's.
    """
    reading = Reading(declared=[])
    labelled = set()
    for path, document in _documents(folder):
        name = str(document.get("imagePath") or path.stem)
        image = images.find(name, path.parent) or images.find(path.stem, path.parent)
        if image is None:
            reading.notes.append(f"{path}: its photo is missing; left out")
            continue
        if image in labelled:
            raise LabelError(f"{path}: {image.name} is annotated twice; delete one of the two")
        labelled.add(image)
        with reading.collecting():
            _add(reading, image, document, path)
    reading.notes += [
        f"{image_path}: no annotation; left out" for image_path in images.paths if image_path not in labelled
    ]
    return reading.finished()


def _add(reading: Reading, image: Path, document: dict[str, Any], path: Path) -> None:
    shapes = [shape for shape in document["shapes"] if shape.get("shape_type", "polygon") in OUTLINES]
    if others := len(document["shapes"]) - len(shapes):
        reading.notes.append(f"{path}: {others} shape(s) that are no {', '.join(OUTLINES)} left out")
    sides = [float(side) for side in (document.get("imageWidth"), document.get("imageHeight")) if side]
    width, height = label_size(image, (sides[0], sides[1]) if len(sides) == 2 else None, str(path))
    corners = [_corners(shape, path) for shape in shapes]
    relative = [(x0 / width, y0 / height, x1 / width, y1 / height) for x0, y0, x1, y1 in corners]
    reading.add(image, [str(shape.get("label", "")).strip() for shape in shapes], relative, str(path))


def _documents(folder: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    for path, document in json_objects(folder):
        if isinstance(document.get("shapes"), list):
            yield path, document


def _corners(shape: dict[str, Any], path: Path) -> tuple[float, float, float, float]:
    kind = shape.get("shape_type", "polygon")
    try:
        points = [(float(x), float(y)) for x, y in shape["points"]]
        if kind == "circle":
            (x, y), edge = points
            radius = math.dist((x, y), edge)
            return x - radius, y - radius, x + radius, y + radius
        xs, ys = zip(*points, strict=True)
        return min(xs), min(ys), max(xs), max(ys)
    except (KeyError, TypeError, ValueError):
        raise LabelError(f"{path}: a {kind} without readable points; draw it again or delete it") from None
