"""JSON files of a folder, as COCO and LabelMe keep their labels."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from training.datasets.annotation import LabelError
from training.datasets.image_files import files_below
from training.datasets.text import read_text


def json_objects(folder: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield each JSON file below a folder that holds an object.

    Raises:
        LabelError: one breaks off.
    """
    for path in files_below(folder, {".json"}):
        try:
            document = json.loads(read_text(path))
        except json.JSONDecodeError as error:
            raise LabelError(f"{path}: JSON breaks off or is damaged ({error}); export it again") from None
        if isinstance(document, dict):
            yield path, document
