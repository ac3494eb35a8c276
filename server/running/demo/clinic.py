"""Loading the demonstration clinic: every patient signs up, syncs what their phone would, and shares it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from flask import Flask

from server.foundation import clock, db
from server.people.accounts.account import user_by_email
from server.people.accounts.models import Device, User
from server.people.credentials.devices import sign_in
from server.photos.storing import receive_photo
from server.progress.released import released_model
from server.running.demo.files import (
    CLINIC_DIR,
    ClinicPatient,
    ClinicUnusable,
    ClinicVisit,
    photo_bytes,
    read_assessments,
    read_clinic,
)
from server.sharing.grants.access import accesses_of
from server.sharing.grants.granting import grant_by_email
from server.sync.as_caller import push_from
from server.timeline.media_types import media_type_of
from server.timeline.signing_up import sign_up

DERMATOLOGIST = ("Dr. Ingrid Solheim", "dermatologist@demo.example")
PASSWORD = "demonstration"
BORN_ON, COUNTRY = date(1996, 5, 17), "NO"
CAPTURED_AT = time(7, 40, tzinfo=UTC)


@dataclass(frozen=True)
class SignIn:
    """Who can sign in to the demonstration."""

    name: str
    role: str
    email: str
    password: str


def load(app: Flask, folder: Path = CLINIC_DIR) -> list[SignIn]:
    """Load the clinic unless it is loaded, all of it or nothing, and return the sign-ins.

    Dates are moved by whole weeks so that the clinic's last visit lies in the week before today.

    Raises:
        ClinicUnusable: images, assessments and the released model do not belong together.
    """
    patients = read_clinic(folder)
    sign_ins = [SignIn(DERMATOLOGIST[0], "dermatologist", DERMATOLOGIST[1], PASSWORD)]
    sign_ins += [SignIn(patient.name, "patient", _email(patient), PASSWORD) for patient in patients]
    with app.app_context():
        if user_by_email(DERMATOLOGIST[1]) is not None:
            return sign_ins
        model = released_model()
        if model is None:
            raise ClinicUnusable("The released model cannot be read; install the package again.")
        results = read_assessments(folder, patients, model.sha256)
        shift = _shift(patients, clock.now().date())
        with db.write():
            sign_up(DERMATOLOGIST[1], DERMATOLOGIST[0], PASSWORD, "dermatologist")
            for patient in patients:
                _load_patient(patient, results, model_columns(model.id, model.version, model.sha256), shift)
    return sign_ins


def model_columns(model_id: str, version: str, sha256: str) -> dict[str, str]:
    """Return a model as an assessment's columns."""
    return {"model_id": model_id, "model_version": version, "model_sha256": sha256}


def _load_patient(
    patient: ClinicPatient, results: Mapping[str, str], model: Mapping[str, str], shift: timedelta
) -> None:
    user = sign_up(_email(patient), patient.name, PASSWORD, "patient", BORN_ON, COUNTRY)
    device, _ = sign_in(user, "app", "Phone")
    timeline_id = accesses_of(user)[0].timeline.id
    _push(device, timeline_id, patient, results, model, shift)
    for visit in patient.visits:
        for photo in visit.photos:
            receive_photo(timeline_id, _photo_id(visit, photo.view), photo_bytes(photo), media_type_of(photo.file))
    _share(user, timeline_id)


def _push(
    device: Device,
    timeline_id: str,
    patient: ClinicPatient,
    results: Mapping[str, str],
    model: Mapping[str, str],
    shift: timedelta,
) -> None:
    visits, photos, assessments = [], [], []
    for visit in patient.visits:
        visit_id, moment = _visit_id(visit), datetime.combine(visit.day + shift, CAPTURED_AT).isoformat()
        visits.append({"id": visit_id, "recorded_at": moment, "guided": True, "note": visit.note})
        photos += [
            {
                "id": _photo_id(visit, photo.view),
                "visit_id": visit_id,
                "view": photo.view,
                "media_type": media_type_of(photo.file),
                "sha256": photo.sha256,
                "width_px": photo.width_px,
                "height_px": photo.height_px,
            }
            for photo in visit.photos
        ]
        contents = {"recorded_at": moment, "result": results[visit.key], **model}
        assessments.append({"id": f"{visit_id}-assessment", "visit_id": visit_id, **contents})
    courses = [_course(patient, number, course, shift) for number, course in enumerate(patient.courses)]
    tables: dict[str, list[Any]] = {
        "visits": visits,
        "photos": photos,
        "assessments": assessments,
        "treatment_courses": courses,
    }
    changes = {name: {"created": rows} for name, rows in tables.items()}
    if rejected := push_from(device, timeline_id, changes, None)["rejected"]:
        first = rejected[0]
        raise ClinicUnusable(f"The demonstration's {first['table']} {first['id']} was refused: {first['detail']}")


def _share(patient: User, timeline_id: str) -> None:
    grant_by_email(patient, timeline_id, DERMATOLOGIST[1])


def _shift(patients: list[ClinicPatient], today: date) -> timedelta:
    last = max(visit.day for patient in patients for visit in patient.visits)
    return timedelta(weeks=(today - timedelta(days=1) - last).days // 7)


def _course(patient: ClinicPatient, number: int, course: Mapping[str, Any], shift: timedelta) -> dict[str, Any]:
    dates = {name: course[name] and (course[name] + shift).isoformat() for name in ("started_on", "stopped_on")}
    return {"id": f"{patient.slug}-course-{number}", **course, **dates}


def _visit_id(visit: ClinicVisit) -> str:
    return f"demo-{visit.key.replace('/', '-')}"


def _photo_id(visit: ClinicVisit, view: str) -> str:
    return f"{_visit_id(visit)}-{view}"


def _email(patient: ClinicPatient) -> str:
    return f"{patient.slug}@demo.example"
