"""Lesion types that say nothing about lesions: those that follow from a grade of the whole photo.

A widely shared copy of ACNE04 has lesion types that equal the photo's severity level in every box. A model trained on
them learns to grade photos and calls it a type.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mobile_models.lesions import TYPES
from training.datasets.grouping import column_of_photos, source_name
from training.datasets.photo import UNKNOWN, AnnotatedPhoto

COUNT_BINS = (5, 20, 50)
"""ACNE04's levels: the number of boxes in a photo."""

GRADE_COLUMNS = ("grade", "severity", "level", "hayashi_level", "hayashi", "iga", "gea", "gags", "acne_level")
GRADE_WORD = re.compile(
    r"^(?:(?:acne|level|levle|grade|severity|iga|gea|hayashi)[ _-]?(\d)|(clear|mild|moderate|(?:very[ _-]?)?severe))"
    r"(?![a-z0-9])",
    re.IGNORECASE,
)
BY_COUNT = "number of boxes, binned at 5 / 20 / 50"
LEAST_PHOTOS, LEAST_EACH, LEAST_EXPLAINED, MOST_COMMON = 20, 5, 0.93, 0.9
LEAST_PHOTOS_BY_COUNT, LEAST_TYPES_BY_COUNT = 50, 3
"""Nodules come few and comedones many to a close-up, so a count says more about honest types than a grade does: three
types have to follow from it. Copies of ACNE04 lost some boxes, so that 96 % of levels equal the count's bin."""


class LabelLeak(ValueError):
    """The lesion types of a folder follow from its photos' grades."""


@dataclass(frozen=True)
class Leak:
    """A grade that gives the lesion type away.

    Attributes:
        grade: Where the grade was found.
        type_of_grade: The one type that each grade has.
        photos: Photos with typed boxes and a grade.
        explained: Share of them whose type follows from the grade.
    """

    grade: str
    type_of_grade: Mapping[str, str]
    photos: int
    explained: float

    def __str__(self) -> str:
        pairs = ", ".join(f"{grade} → {kind}" for grade, kind in sorted(self.type_of_grade.items()))
        return (
            f"the lesion type follows from the {self.grade} in {self.explained:.0%} of {self.photos} photos ({pairs})"
        )


def one_type_a_photo(photos: Sequence[AnnotatedPhoto]) -> bool:
    """Whether every one of at least 20 photos with typed boxes has a single type, and not all the same."""
    single = [_types(photo) for photo in photos if _types(photo)]
    alone = sum(len(types) == 1 for types in single)
    return len(single) >= LEAST_PHOTOS and alone == len(single) and len(set().union(*single)) > 1


def find_leaks(photos: Sequence[AnnotatedPhoto], folder: Path) -> list[Leak]:
    """Return every grade of the photos below ``folder`` that the lesion type is a function of."""
    leaks = []
    for name, grades in grades_of(photos, folder).items():
        by_count = name == BY_COUNT
        leak = _leak(photos, grades, name)
        if leak and (
            not by_count
            or (leak.photos >= LEAST_PHOTOS_BY_COUNT and len(set(leak.type_of_grade.values())) >= LEAST_TYPES_BY_COUNT)
        ):
            leaks.append(leak)
    return leaks


def grades_of(photos: Sequence[AnnotatedPhoto], folder: Path) -> dict[str, list[str]]:
    """Return each photo's grade ('' where unknown), by where it was found: a table, names, folders, the count."""
    column, by_stem = column_of_photos(folder, GRADE_COLUMNS)
    stems = [photo.path.stem for photo in photos]
    return {
        f"column {column!r}": [by_stem.get(stem) or by_stem.get(source_name(stem), "") for stem in stems],
        "grade in the file name": [_grade_in(stem) for stem in stems],
        "folder's grade": [
            next((grade for part in photo.path.relative_to(folder).parts[:-1] if (grade := _grade_in(part))), "")
            for photo in photos
        ],
        BY_COUNT: [str(sum(len(photo.boxes) > edge for edge in COUNT_BINS)) for photo in photos],
    }


def _grade_in(name: str) -> str:
    match = GRADE_WORD.match(name)
    return (match[1] or match[2]).lower() if match else ""


def _types(photo: AnnotatedPhoto) -> set[int]:
    return set(photo.types.tolist()) - {UNKNOWN}


def _leak(photos: Sequence[AnnotatedPhoto], grades: Sequence[str], name: str) -> Leak | None:
    table: dict[str, Counter[int]] = defaultdict(Counter)
    mixed = 0
    for photo, grade in zip(photos, grades, strict=True):
        types = _types(photo)
        if grade and len(types) == 1:
            table[grade].update(types)
        elif grade and types:
            mixed += 1
    often = {grade: counts for grade, counts in table.items() if counts.total() >= LEAST_EACH}
    seen = sum(counts.total() for counts in table.values()) + mixed
    overall = sum(table.values(), Counter())
    if seen < LEAST_PHOTOS or len(often) < 2 or max(overall.values()) > MOST_COMMON * seen:
        return None
    explained = sum(max(counts.values()) for counts in table.values()) / seen
    main = {grade: TYPES[counts.most_common(1)[0][0]] for grade, counts in often.items()}
    if explained < LEAST_EXPLAINED or len(set(main.values())) < 2:
        return None
    return Leak(name, main, seen, explained)
