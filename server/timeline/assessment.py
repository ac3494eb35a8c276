"""One stored assessment, read from its JSON text into values that pages and charts can name."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mobile_models.grading import gea, iga
from mobile_models.grading.instruments import GAGS, GEA, HAYASHI, IGA, NG198
from mobile_models.lesions import COUNTED, TYPES
from mobile_models.tables import grading_tables

_TABLES = grading_tables()
SCALES: Mapping[str, Sequence[int | str]] = {
    IGA: iga.GRADES,
    GEA: gea.GRADES,
    HAYASHI: _TABLES[HAYASHI]["bands"],
    GAGS: range(_TABLES[GAGS]["out_of"] + 1),
    NG198: _TABLES[NG198]["bands"],
}
"""The grades that each instrument can give, lowest first."""


@dataclass(frozen=True)
class Count:
    """A predicted number of lesions with its central interval (95 %)."""

    value: int
    low: int
    high: int

    def __str__(self) -> str:
        return f"{self.value} ({self.low}–{self.high})"


@dataclass(frozen=True)
class Grade:
    """One instrument's estimate. `value` is None where it is unavailable, and `reason` then says why.

    `distribution` maps each grade, as text and in the instrument's order, to its probability.
    """

    instrument: str
    value: int | str | None
    distribution: Mapping[str, float]
    basis: str = ""
    out_of: int | None = None
    reason: str = ""

    @property
    def number(self) -> int | None:
        """The grade where it is a number (GEA, GAGS, and IGA from 0 to 4), otherwise None."""
        return self.value if isinstance(self.value, int) else None


@dataclass(frozen=True)
class Lesion:
    """One lesion that was counted; `box` is x0, y0, x1, y1 in pixels of the upright photo."""

    type: str
    box: tuple[float, float, float, float]
    zone: str | None


@dataclass(frozen=True)
class PhotoReading:
    """What the model said of one view: the counted lesions and the warnings about the photo."""

    photo: str
    view: str
    lesions: tuple[Lesion, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Model:
    """The exact model that made an assessment."""

    id: str
    version: str
    sha256: str

    def __str__(self) -> str:
        return f"{self.id} {self.version} ({self.sha256[:12]})"


@dataclass(frozen=True)
class Assessment:
    """What one model said of one visit. `stored` is the JSON object it was read from.

    `unavailable` says why the visit cannot be judged: then its counts are no result. `findings` are what is to be told
    beside the counts.
    """

    counts: Mapping[str, Count]
    zones: Mapping[str, Mapping[str, int]] | None
    grades: Mapping[str, Grade]
    photos: tuple[PhotoReading, ...]
    model: Model
    stored: Mapping[str, Any]
    unavailable: str | None = None
    findings: tuple[str, ...] = ()

    def grade(self, instrument: str) -> Grade:
        """Return an instrument's grade, an unavailable one where the assessment does not have it."""
        return self.grades.get(instrument) or Grade(instrument, None, {}, reason="not part of this assessment")

    def reading(self, photo_id: str, view: str) -> PhotoReading | None:
        """Return what was said of a photo: the one of that name, otherwise the only one of its view."""
        named = [reading for reading in self.photos if reading.photo == photo_id]
        seen = named or [reading for reading in self.photos if reading.view == view]
        return seen[0] if len(seen) == 1 else None


def read_assessment(result: str) -> Assessment:
    """Return the assessment that a stored `result` holds.

    Rows are validated before they are stored, so a text that does not fit raises KeyError or ValueError.
    """
    stored = json.loads(result)
    return Assessment(
        counts={name: _count(stored["counts"][name]) for name in COUNTED},
        zones=_zones(stored.get("zones")),
        grades={name: _grade(name, grade) for name, grade in stored["grades"].items()},
        photos=tuple(_photo(photo) for photo in stored.get("photos", [stored])),
        model=Model(**{key: str(stored["model"][key]) for key in ("id", "version", "sha256")}),
        stored=stored,
        unavailable=_message(stored.get("unavailable")),
        findings=tuple(str(finding["message"]) for finding in stored.get("findings", [])),
    )


def _message(reason: Mapping[str, Any] | None) -> str | None:
    return None if reason is None else str(reason["message"])


def _count(count: Mapping[str, Any]) -> Count:
    return Count(int(count["value"]), int(count["low"]), int(count["high"]))


def _grade(instrument: str, grade: Mapping[str, Any]) -> Grade:
    if isinstance(grade.get("unavailable"), str):
        return Grade(instrument, None, {}, reason=grade["unavailable"])
    shares = {str(name): float(share) for name, share in grade["distribution"].items()}
    value, scale = grade["value"], SCALES.get(instrument)
    if scale and not {str(value), *shares} <= set(map(str, scale)):  # Stored before such grades were refused.
        return Grade(instrument, None, {}, reason="the assessment gives a grade that does not exist")
    out_of = _TABLES[GAGS]["out_of"] if instrument == GAGS else None
    return Grade(instrument, value, shares, str(grade.get("basis", "")), out_of)


def _zones(zones: Mapping[str, Mapping[str, int]] | None) -> Mapping[str, Mapping[str, int]] | None:
    if zones is None:
        return None
    return {zone: {kind: counts.get(kind, 0) for kind in TYPES} for zone, counts in zones.items()}


def _photo(photo: Mapping[str, Any]) -> PhotoReading:
    lesions = tuple(
        Lesion(lesion["type"], _box(lesion["box"]), lesion.get("zone"))
        for lesion in photo["lesions"]
        if lesion["counted"]
    )
    warnings = tuple(str(warning["message"]) for warning in photo.get("quality", {}).get("warnings", []))
    return PhotoReading(str(photo.get("photo", "")), str(photo.get("view") or ""), lesions, warnings)


def _box(box: list[float]) -> tuple[float, float, float, float]:
    x0, y0, x1, y1 = (float(edge) for edge in box)
    return x0, y0, x1, y1
