"""Which photos may show the same scene, so that no split separates them.

In this order: a column of a table that says so; the file name, where tools write versions of one photo under names of
a pattern; and near-duplicates, which join whatever groups they are found in.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from training.datasets.near_duplicates import joined
from training.datasets.text import read_table

GROUP_COLUMNS = ("person", "patient", "subject", "source_photo", "cluster", "group")
"""Columns beside an image column that name what must stay together, the widest first."""

IMAGE_COLUMNS = ("image", "filename", "file", "image_path")

VERSION_PATTERNS = (
    r"_(?:jpe?g?|png|webp|bmp|heic|tiff?)\.rf\.[0-9A-Za-z]+$",  # Roboflow's versions of one photo
    r"[ _-]*\(\d+\)$|[ _-]+copy\d*$",
    r"[ _.-]+(?:aug(?:mented)?|[hv]?flip(?:ped)?|mirror(?:ed)?|rot(?:ated?)?|crop(?:ped)?|blur(?:red)?|nois[ey]|"
    r"bright(?:ness)?|dark(?:er)?|contrast|shear|scaled?|shift(?:ed)?)[ _-]*-?\d*$",
)


def source_name(stem: str) -> str:
    """Return a file's stem without what tools append to versions of one photo."""
    before = None
    while before != stem:
        before = stem
        for pattern in VERSION_PATTERNS:
            stem = re.sub(pattern, "", stem, flags=re.IGNORECASE) or stem
    return stem


def column_of_photos(folder: Path, columns: Sequence[str]) -> tuple[str, dict[str, str]]:
    """Return the first of ``columns`` that a table directly in the folder has, and its value by the image's stem.

    ('', {}) where there is none.
    """
    tables = []
    for path in sorted(folder.glob("*.csv")):
        _, rows = read_table(path)
        image = next((name for name in IMAGE_COLUMNS if rows and name in rows[0]), None)
        if image:
            tables.append((image, rows))
    for column in columns:
        for image, rows in tables:
            values = {_stem(row[image]): row[column] for row in rows if row.get(column)}
            if values:
                return column, values
    return "", {}


def groups_of(folder: Path, paths: Sequence[Path], pairs: Sequence[tuple[int, int]]) -> list[str]:
    """Return the group's name of each photo; ``pairs`` are near-duplicates by position."""
    _, by_stem = column_of_photos(folder, GROUP_COLUMNS)
    names = [by_stem.get(path.stem) or by_stem.get(source_name(path.stem)) or source_name(path.stem) for path in paths]
    first: dict[str, int] = {}
    same_name = [(first.setdefault(name, place), place) for place, name in enumerate(names)]
    return [names[place] for place in joined(len(names), [*same_name, *pairs])]


def _stem(name: str) -> str:
    path = Path(name.replace("\\", "/"))
    return path.stem if path.suffix.lower() in {".jpg", ".jpeg", ".png", ".webp"} else path.name
