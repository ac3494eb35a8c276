"""The demonstration clinic's files: its patients, its images, and what the released model said of them."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

CLINIC_DIR = Path(__file__).parent / "clinic"
REMEDY = "Run `python -m server.running.demo.assess` to assess the clinic's images with the released model."


class ClinicUnusable(Exception):
    """The clinic's files are missing or do not belong together; the message says which and what to do."""


@dataclass(frozen=True)
class ClinicPhoto:
    """One rendered photo; `file` is its path inside the clinic's folder."""

    file: str
    view: str
    sha256: str
    width_px: int
    height_px: int
    path: Path


@dataclass(frozen=True)
class ClinicVisit:
    """One visit; `key` names it among the assessments."""

    key: str
    day: date
    note: str | None
    photos: tuple[ClinicPhoto, ...]


@dataclass(frozen=True)
class ClinicPatient:
    """One rendered patient. The true counts that the images were rendered from stay in the file."""

    slug: str
    name: str
    visits: tuple[ClinicVisit, ...]
    courses: tuple[dict[str, Any], ...] = field(default=())


def read_clinic(folder: Path = CLINIC_DIR) -> list[ClinicPatient]:
    """Return the clinic's patients. Raises ClinicUnusable where `clinic.json` is missing or malformed."""
    try:
        return [_patient(folder, patient) for patient in _json(folder / "clinic.json")["patients"]]
    except (KeyError, TypeError, ValueError) as error:
        raise ClinicUnusable(f"The demonstration clinic's clinic.json is malformed: {error!r}.") from error


def read_assessments(folder: Path, patients: list[ClinicPatient], model_sha256: str) -> dict[str, str]:
    """Return each visit's assessment as JSON text, by the visit's key.

    Raises:
        ClinicUnusable: they are missing, of another model, of other images, or not of every visit.
    """
    stored = _json(folder / "assessments.json")
    if stored["model"]["sha256"] != model_sha256:
        raise ClinicUnusable(
            f"The demonstration clinic was assessed by the model {stored['model']['sha256'][:12]},"
            f" the released one is {model_sha256[:12]}. {REMEDY}"
        )
    for photo in photos_of(patients):
        if stored["images"].get(photo.file) != photo.sha256:
            raise ClinicUnusable(f"The image {photo.file} was not assessed as it is now. {REMEDY}")
    absent = [v.key for p in patients for v in p.visits if v.key not in stored["assessments"]]
    if absent:
        raise ClinicUnusable(f"The visit {absent[0]} was not assessed. {REMEDY}")
    return {key: json.dumps(result) for key, result in stored["assessments"].items()}


def photos_of(patients: list[ClinicPatient]) -> Iterator[ClinicPhoto]:
    """Return every photo of the clinic."""
    return (photo for patient in patients for visit in patient.visits for photo in visit.photos)


def photo_bytes(photo: ClinicPhoto) -> bytes:
    """Return an image's bytes. Raises ClinicUnusable where they are missing or not those of `clinic.json`."""
    try:
        data = photo.path.read_bytes()
    except OSError as error:
        raise ClinicUnusable(
            f"The demonstration clinic's image {photo.file} cannot be read; install the package again."
        ) from error
    if hashlib.sha256(data).hexdigest() != photo.sha256:
        raise ClinicUnusable(
            f"The demonstration clinic's image {photo.file} is not the one that clinic.json names;"
            " install the package again."
        )
    return data


def _json(path: Path) -> dict[str, Any]:
    try:
        read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        remedy = REMEDY if path.name == "assessments.json" else "Install the package again."
        raise ClinicUnusable(f"The demonstration clinic has no {path.name}. {remedy}") from error
    except ValueError as error:
        raise ClinicUnusable(f"The demonstration clinic's {path.name} is not JSON. {REMEDY}") from error
    return read


def _patient(folder: Path, patient: dict[str, Any]) -> ClinicPatient:
    first = date.fromisoformat(patient["first_date"])
    visits = tuple(
        ClinicVisit(
            f"{patient['slug']}/{number:02}",
            first + timedelta(days=visit["day"]),
            visit.get("note"),
            tuple(_photo(folder, photo) for photo in visit["photos"]),
        )
        for number, visit in enumerate(patient["visits"])
    )
    courses = tuple(_course(first, course) for course in patient.get("courses", []))
    return ClinicPatient(patient["slug"], patient["name"], visits, courses)


def _photo(folder: Path, photo: dict[str, Any]) -> ClinicPhoto:
    size = photo["width"], photo["height"]
    return ClinicPhoto(photo["file"], photo["view"], photo["sha256"], *size, folder / photo["file"])


def _course(first: date, course: dict[str, Any]) -> dict[str, Any]:
    stop = course.get("stopped_day")
    return {
        "name": course["name"],
        "kind": course["kind"],
        "dose": course.get("dose"),
        "started_on": first + timedelta(days=course["started_day"]),
        "stopped_on": None if stop is None else first + timedelta(days=stop),
    }
