"""The reference code of a bundle, one file a language: from upright pixels to counts, grades and change."""

import shutil
from pathlib import Path

SOURCES = Path(__file__).parent / "reference"
LANGUAGES = {"kotlin": "Lesions.kt", "swift": "Lesions.swift", "python": "lesions.py", "web": "lesions.js"}


def write_reference(bundle_folder: Path) -> None:
    """Copy each language's file into a bundle; its manifest is to be written again afterwards."""
    for language, file in LANGUAGES.items():
        (bundle_folder / language).mkdir(exist_ok=True)
        shutil.copyfile(SOURCES / language / file, bundle_folder / language / file)
