"""The command line's words for a folder of one's own photos: the same for ``inspect``, ``train`` and ``evaluate``."""

from __future__ import annotations

import argparse
from pathlib import Path

from training.datasets.classes import parse_classes
from training.datasets.collection import FORMATS, PRESENT, Collection, open_collection, refuse_leaks


def add_folder_options(parser: argparse.ArgumentParser) -> None:
    """Add how the folder's labels are to be read."""
    parser.add_argument("--format", choices=FORMATS, help="of the labels; detected when left out")
    parser.add_argument("--classes", help="what class names mean, such as 'zit=lesion,scar=ignore'")
    parser.add_argument(
        "--boxed",
        help="types that annotators meant to box, such as 'papule,pustule'; 'present': in each photo, those it has. "
        "Left out: all classes the folder declares",
    )
    parser.add_argument("--allow-label-leak", action="store_true", help="take types that follow from a photo's grade")


def open_folder(folder: Path, options: argparse.Namespace) -> Collection:
    """Read the folder as the options say.

    Raises:
        LabelError, ClassNameError: as ``open_collection``.
    """
    boxed = options.boxed
    if boxed and boxed != PRESENT:
        boxed = [name.strip() for name in boxed.split(",")]
    classes = parse_classes(options.classes) if options.classes else None
    return open_collection(folder, format=options.format, classes=classes, boxed=boxed)


def open_for_training(folder: Path, options: argparse.Namespace) -> Collection:
    """Read the folder; refuse it where its lesion types follow from grades.

    Raises:
        LabelLeak: unless ``--allow-label-leak`` was said.
        LabelError, ClassNameError: as ``open_collection``.
    """
    collection = open_folder(folder, options)
    refuse_leaks(collection, folder, options.allow_label_leak)
    return collection
