"""Reader of a table of boxes, one row a box, in any ``*.csv`` with these columns (upper or lower case, any order).

====================  ==================================================================================
image                 file name; also ``filename``, ``file``, ``image_path``
class                 class name; also ``label``, ``type``, ``name``
xmin ymin xmax ymax   corners; also ``x0 y0 x1 y1`` and ``x1 y1 x2 y2``; or
x y w h               corner and extent; also ``x y width height``
====================  ==================================================================================

Pixels of the upright photo, or, where no number in the table exceeds 1.5, shares of its width and height. Beside
corners, ``width`` and ``height`` are the size of the photo that was labelled. A row of an image alone: no lesion.
Encodings, separators and decimal commas are those that spreadsheets write (`training.datasets.text`).
"""

from __future__ import annotations

import math
from collections import defaultdict
from pathlib import Path

from training.datasets.annotation import LabelError, Reading
from training.datasets.grouping import IMAGE_COLUMNS
from training.datasets.image_files import ImageFiles, files_below, label_size
from training.datasets.text import Row, read_table

CLASS_COLUMNS = ("class", "label", "type", "name")
CORNERS = (("xmin", "ymin", "xmax", "ymax"), ("x0", "y0", "x1", "y1"), ("x1", "y1", "x2", "y2"))
EXTENTS = (("x", "y", "w", "h"), ("x", "y", "width", "height"))

Box = tuple[float, float, float, float]


def is_box_csv(folder: Path, images: ImageFiles) -> bool:
    """Whether a table with the columns of boxes lies below the folder."""
    return bool(_tables(folder))


def read_box_csv(folder: Path, images: ImageFiles) -> Reading:
    """Read every table of boxes below the folder.

    Raises:
        LabelError: a number can not be read, or the size is not the upright photo's.
    """
    reading = Reading(declared=[])
    labelled = set()
    for path, columns, rows in _tables(folder):
        image_column = _first(IMAGE_COLUMNS, rows[0]) if rows else ""
        by_image: dict[str, list[tuple[int, Row]]] = defaultdict(list)
        for number, row in enumerate(rows, 2):
            by_image[row[image_column]].append((number, row))
        corners: dict[int, Box | None] = {}
        for number, row in enumerate(rows, 2):
            with reading.collecting():
                corners[number] = _corners(row, columns, f"{path}:{number}")
        relative = all(value <= 1.5 for box in corners.values() if box for value in box)
        for name, its_rows in by_image.items():
            where = f"{path}:{its_rows[0][0]}"
            image = images.find(name, path.parent)
            if image is None:
                reading.notes.append(f"{where}: {Path(name).name} is missing; left out")
                continue
            if image in labelled:
                raise LabelError(f"{where}: {image.name} is annotated in two tables; delete one of the two")
            labelled.add(image)
            with reading.collecting():
                first = its_rows[0][1]
                width, height = (1.0, 1.0) if relative else label_size(image, _size(first, columns, where), where)
                boxed = [(row, box) for number, row in its_rows if (box := corners.get(number))]
                class_column = _first(CLASS_COLUMNS, first)
                words = [row[class_column] for row, _ in boxed]
                shares = [(x0 / width, y0 / height, x1 / width, y1 / height) for _, (x0, y0, x1, y1) in boxed]
                reading.add(image, words, shares, where)
    reading.notes += [
        f"{image_path}: in no table; left out" for image_path in images.paths if image_path not in labelled
    ]
    return reading.finished()


def _first(names: tuple[str, ...], row: Row) -> str:
    return next((name for name in names if name in row), "")


def _tables(folder: Path) -> list[tuple[Path, tuple[str, ...], list[Row]]]:
    tables = []
    for path in files_below(folder, {".csv"}):
        names_there, rows = read_table(path)
        heads = set(names_there)
        columns: tuple[str, ...] | None = next((names for names in (*CORNERS, *EXTENTS) if set(names) <= heads), None)
        if columns and heads & set(IMAGE_COLUMNS) and heads & set(CLASS_COLUMNS):
            tables.append((path, columns, rows))
    return tables


def _corners(row: Row, columns: tuple[str, ...], where: str) -> Box | None:
    if not any(row[name] for name in columns):
        return None
    x, y, right, bottom = (_number(row, name, where) for name in columns)
    return (x, y, x + right, y + bottom) if columns in EXTENTS else (x, y, right, bottom)


def _size(row: Row, columns: tuple[str, ...], where: str) -> tuple[float, float] | None:
    if columns in EXTENTS or not (row.get("width") and row.get("height")):
        return None
    return _number(row, "width", where), _number(row, "height", where)


def _number(row: Row, column: str, where: str) -> float:
    try:
        value = float(row[column])
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise LabelError(f"{where}: {column} is {row[column]!r}, expected a number")
    return value
