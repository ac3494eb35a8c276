"""Reader of COCO JSON: one or more files of images, categories and annotations, boxes x y width height in pixels."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from training.datasets.annotation import LabelError, Reading
from training.datasets.image_files import ImageFiles, label_size
from training.datasets.json_files import json_objects


def is_coco(folder: Path, images: ImageFiles) -> bool:
    """Whether a JSON file with ``images`` and ``annotations`` lies below the folder."""
    return next(_documents(folder), None) is not None


def read_coco(folder: Path, images: ImageFiles) -> Reading:
    """Read every COCO file below the folder; an image it lists without annotations has no lesion.

    Raises:
        LabelError: JSON breaks off, an annotation names an image or category that is not listed, has no box, or
            the size is not the upright photo's.
    """
    reading = Reading(declared=[])
    declared: dict[str, None] = {}
    labelled: set[Path] = set()
    for path, document in _documents(folder):
        names = {category["id"]: str(category["name"]) for category in document.get("categories", [])}
        by_image = _by_image(document, names, path)
        used = {annotation["category_id"] for many in by_image.values() for annotation in many}
        above = {category.get("supercategory") for category in document.get("categories", [])}
        # Exports add the supercategory as a class of its own, which nobody draws.
        declared |= {name: None for key, name in names.items() if key in used or name not in above}
        for entry in document["images"]:
            image = images.find(str(entry["file_name"]), path.parent)
            where = f"{path}: image {entry['id']}"
            if image is None:
                reading.notes.append(f"{where}: {Path(str(entry['file_name'])).name} is missing; left out")
                continue
            if image in labelled:
                raise LabelError(f"{where}: {image.name} is annotated twice; delete one of the two")
            labelled.add(image)
            with reading.collecting():
                size = (float(entry["width"]), float(entry["height"])) if {"width", "height"} <= set(entry) else None
                width, height = label_size(image, size, where)
                drawn = [annotation for annotation in by_image[entry["id"]] if not annotation.get("iscrowd")]
                if crowds := len(by_image[entry["id"]]) - len(drawn):
                    reading.notes.append(f"{where}: {crowds} crowd region(s) left out")
                boxes = [_box(annotation, where) for annotation in drawn]
                corners = [(x / width, y / height, (x + w) / width, (y + h) / height) for x, y, w, h in boxes]
                reading.add(image, [names[annotation["category_id"]] for annotation in drawn], corners, where)
    reading.notes += [
        f"{image_path}: in no COCO file; left out" for image_path in images.paths if image_path not in labelled
    ]
    reading.declared = list(declared)
    return reading.finished()


def _documents(folder: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    for path, document in json_objects(folder):
        if isinstance(document.get("images"), list) and "annotations" in document:
            yield path, document


def _by_image(document: dict[str, Any], names: dict[Any, str], path: Path) -> dict[Any, list[dict[str, Any]]]:
    listed = {image["id"] for image in document["images"]}
    by_image: dict[Any, list[dict[str, Any]]] = defaultdict(list)
    for annotation in document["annotations"]:
        if annotation.get("image_id") not in listed:
            raise LabelError(
                f"{path}: annotation {annotation.get('id')} names image {annotation.get('image_id')}, not in the file"
            )
        if annotation.get("category_id") not in names:
            raise LabelError(
                f"{path}: annotation {annotation.get('id')} names category {annotation.get('category_id')}, not listed"
            )
        by_image[annotation["image_id"]].append(annotation)
    return by_image


def _box(annotation: dict[str, Any], where: str) -> list[float]:
    box, outline = annotation.get("bbox"), annotation.get("segmentation")
    try:
        if box:
            x, y, width, height = (float(value) for value in box)
            return [x, y, width, height]
        points = [float(value) for ring in outline for value in ring] if isinstance(outline, list) else []
        xs, ys = points[0::2], points[1::2]
        return [min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)]
    except (TypeError, ValueError):
        remedy = "give it 'bbox': [x, y, width, height]"
        raise LabelError(f"{where}: annotation {annotation.get('id')} has no readable box; {remedy}") from None
