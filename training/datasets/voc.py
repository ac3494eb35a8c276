"""Reader of Pascal VOC XML: one file a photo, pixel corners, taken as they stand."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

from training.datasets.annotation import LabelError, Reading
from training.datasets.image_files import ImageFiles, files_below, label_size


def is_voc(folder: Path, images: ImageFiles) -> bool:
    """Whether an XML file with an ``annotation`` lies below the folder."""
    return any(b"<annotation" in path.read_bytes()[:4096] for path in files_below(folder, {".xml"}))


def read_voc(folder: Path, images: ImageFiles) -> Reading:
    """Read every annotation below the folder; one without ``object`` says that the photo has no lesion.

    Raises:
        LabelError: XML breaks off, a box misses a corner, or the size is not the upright photo's.
    """
    reading = Reading(declared=[])
    labelled = set()
    for path in files_below(folder, {".xml"}):
        try:
            root = ElementTree.parse(path).getroot()
        except ElementTree.ParseError as error:
            raise LabelError(f"{path}: XML breaks off or is damaged ({error}); export it again") from None
        if root.tag != "annotation":
            continue
        image = images.find(root.findtext("filename") or path.stem, path.parent) or images.find(path.stem, path.parent)
        if image is None:
            reading.notes.append(f"{path}: its photo is missing; left out")
            continue
        if image in labelled:
            raise LabelError(f"{path}: {image.name} is annotated twice; delete one of the two")
        labelled.add(image)
        with reading.collecting():
            objects = root.findall("object")
            width, height = label_size(image, _size(root, path), str(path))
            corners = [_corners(element, path) for element in objects]
            relative = [(x0 / width, y0 / height, x1 / width, y1 / height) for x0, y0, x1, y1 in corners]
            reading.add(image, [(element.findtext("name") or "").strip() for element in objects], relative, str(path))
    reading.notes += [
        f"{image_path}: no annotation; left out" for image_path in images.paths if image_path not in labelled
    ]
    return reading.finished()


def _number(parent: ElementTree.Element | None, tag: str, path: Path) -> float:
    text = parent.findtext(tag) if parent is not None else None
    try:
        return float(text or "")
    except ValueError:
        raise LabelError(f"{path}: <{tag}> is {text!r}, expected a number of pixels") from None


def _size(root: ElementTree.Element, path: Path) -> tuple[float, float] | None:
    size = root.find("size")
    return None if size is None else (_number(size, "width", path), _number(size, "height", path))


def _corners(element: ElementTree.Element, path: Path) -> list[float]:
    return [_number(element.find("bndbox"), tag, path) for tag in ("xmin", "ymin", "xmax", "ymax")]
