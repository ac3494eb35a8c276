"""The image files of a folder, found by the names that label files give them, and their upright sizes."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Collection
from pathlib import Path, PureWindowsPath

from PIL import Image, UnidentifiedImageError

from mobile_models.errors import AssessmentError
from mobile_models.file_kind import HEAD_BYTES
from mobile_models.image import decoding
from mobile_models.orientation import LYING, orientation_of
from training.datasets.annotation import LabelError

IMAGE_SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".avif", ".heic", ".heif"}


def upright_size(path: Path) -> tuple[int, int]:
    """Return (width, height) in pixels of the photo as it is seen upright: EXIF's orientation is applied.

    Every box in this package refers to that upright photo, as ``mobile_models.image.read_photo`` gives it.

    Raises:
        LabelError: the header can not be read.
    """
    try:
        with path.open("rb") as file, decoding(file.read(HEAD_BYTES)), Image.open(path) as image:
            width, height = image.size
            return (height, width) if orientation_of(image) in LYING else (width, height)
    except (UnidentifiedImageError, OSError, AssessmentError) as error:
        raise LabelError(f"{path}: not readable as a photo ({error}); copy it again or remove it") from None


def label_size(path: Path, declared: tuple[float, float] | None, where: str) -> tuple[float, float]:
    """Return the (width, height) that pixel boxes are to be divided by.

    Labels may have been drawn on a resized copy: then the declared size counts, as long as its proportions
    are the upright photo's.

    Raises:
        LabelError: the proportions differ, as when labels were drawn on a photo lying on its side.
    """
    width, height = upright_size(path)
    if declared is None or min(declared) <= 0:
        return width, height
    if abs(declared[0] * height - declared[1] * width) > max(width, height) * max(1.0, 0.01 * min(declared)):
        raise LabelError(
            f"{where}: labelled at {declared[0]:g} × {declared[1]:g} px, but {path.name} is {width} × {height} px "
            "upright (EXIF orientation applied); save the photos upright and label those"
        )
    return declared


def files_below(folder: Path, suffixes: Collection[str]) -> list[Path]:
    """Return the files of these (lower-case) suffixes below a folder, sorted; links are followed, hidden ones left."""
    paths, entered = [], set()
    for place, folders, names in os.walk(folder, followlinks=True):
        real = os.path.realpath(place)
        folders[:] = [] if real in entered else [name for name in folders if not name.startswith(".")]
        if real not in entered:
            paths += [Path(place, name) for name in names if not name.startswith(".")]
        entered.add(real)
    return sorted(path for path in paths if path.suffix.lower() in suffixes)


class ImageFiles:
    """Every image below a folder; hidden files and folders are left out."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.paths = files_below(folder, IMAGE_SUFFIXES)
        self._known = set(self.paths)
        self._by_name: dict[str, list[Path]] = defaultdict(list)
        self._by_stem: dict[str, list[Path]] = defaultdict(list)
        for path in self.paths:
            self._by_name[path.name].append(path)
            self._by_stem[path.stem].append(path)

    def find(self, name: str, beside: Path) -> Path | None:
        """Return the image that a label in folder ``beside`` calls ``name`` (a name, a path or a bare stem).

        Beside the label, then below the folder, then by name alone, then by stem alone. None where there is none.

        Raises:
            LabelError: several fit and nothing says which.
        """
        name = PureWindowsPath(name).as_posix()
        for candidate in (beside / name, self.folder / name):
            if candidate in self._known:
                return candidate
        bare = Path(name).name
        for candidates in (
            self._by_name.get(bare, []),
            self._by_stem.get(bare, []),
            self._by_stem.get(Path(bare).stem, []),
        ):
            near = [path for path in candidates if self._same_split(path, beside)] or candidates
            if len(near) > 1:
                raise LabelError(
                    f"{beside / bare}: {len(near)} images have this name ({near[0]}, {near[1]}); rename all but one"
                )
            if near:
                return near[0]
        return None

    def _same_split(self, image: Path, beside: Path) -> bool:
        """Whether both lie in one split: the folders of their paths differ in nothing but images/labels words."""
        return split_of(image, self.folder) == split_of(beside / "label", self.folder)


SPLITS = {
    "train": "train",
    "training": "train",
    "valid": "valid",
    "val": "valid",
    "validation": "valid",
    "test": "test",
}


def split_of(path: Path, folder: Path) -> str:
    """Return ``train``, ``valid`` or ``test`` where a folder on the way to ``path`` is called so, else ''."""
    words = [SPLITS[part.lower()] for part in path.relative_to(folder).parts[:-1] if part.lower() in SPLITS]
    return words[0] if words else ""
