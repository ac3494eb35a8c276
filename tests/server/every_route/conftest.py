"""Somebody with everything that the server can keep of a person, and what would show that another reached it."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from server.foundation.config import Config

from ..conftest import PASSWORD, Person

CHILD = {"name": "Qentin Mindor", "born_on": "2013-03-03", "country": "DE"}
NOTE = "Wornbuckle came back"
TUS = {"Tus-Resumable": "1.0.0"}


@dataclass
class Victim:
    """A child with a guardian, a dermatologist, records, a photo, an upload, a code and a second phone."""

    person: Person
    guardian: Person
    clinician: Person
    ids: dict[str, str]
    secrets: tuple[bytes, ...]
    """What no answer to anybody else may hold."""

    def state(self) -> str:
        """All that the victim sees: nobody else may change a letter of it."""
        of_timeline = ("sync", "grants", "invitations", "accesses", "rx/photos/pull", "fhir")
        own = ("/v1/account", "/v1/devices", "/v1/guardianships", "/v1/timelines")
        seen = [self.person.get(path).json for path in (*own, *(f"{self.person.timeline}/{at}" for at in of_timeline))]
        upload = self.person.call("HEAD", f"{self.person.timeline}/uploads/{self.ids['upload_id']}", headers=TUS)
        photo = self.person.get(f"{self.person.timeline}/photos/photo-0001")
        seen += [upload.status_code, upload.headers["Upload-Offset"], photo.status_code, len(photo.data)]
        seen += [self.guardian.get("/v1/account").json, self.clinician.get("/v1/timelines").json]
        return json.dumps(seen, sort_keys=True)


@pytest.fixture
def victim(
    person: Callable[..., Person],
    config: Config,
    visit_row: Any,
    photo_row: Any,
    course_row: Any,
    assessment_row: Any,
    jpeg: bytes,
) -> Victim:
    child = person("patient", **CHILD)
    guardian, clinician = person("guardian", name="Gwenda Mindor"), person("dermatologist", name="Dr. Zwoll")
    asked = child.post("/v1/guardian-invitations", json={"email": guardian.email}).json
    consent = {"text_version": "1", "invitation_id": asked["id"]}
    assert guardian.post("/v1/guardianships", json=consent).status_code == 201
    asked_again = child.post("/v1/guardian-invitations", json={"email": "other.guardian@example.org"}).json
    rejected = child.push(
        visits=[visit_row(note=NOTE)],
        photos=[photo_row(jpeg), photo_row(jpeg + b"\0", id="photo-0002")],
        assessments=[assessment_row()],
        treatment_courses=[course_row()],
    )
    assert rejected == []
    photo = {"data": jpeg, "content_type": "image/jpeg"}
    assert child.put(f"{child.timeline}/photos/photo-0001", **photo).status_code == 204
    named = {"photo_id": "photo-0002", "media_type": "image/jpeg"}
    metadata = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in named.items())
    begin = {**TUS, "Upload-Length": str(len(jpeg) + 1), "Upload-Metadata": metadata}
    upload = child.post(f"{child.timeline}/uploads", headers=begin)
    assert upload.status_code == 201
    invitation = child.post(f"{child.timeline}/grants", json={"invitation": True}).json
    note = {"id": "note-0001", "text": NOTE}
    ids = {
        "timeline_id": child.timeline_id,
        "grant_id": child.share_with(clinician),
        "invitation_id": invitation["id"],
        "guardian_invitation_id": asked_again["id"],
        "upload_id": upload.headers["Location"].rsplit("/", 1)[1],
        "device_id": child.on_another_device().device_id,
        "child_id": child.id,
        "guardian_id": guardian.id,
        "photo_id": "photo-0001",
        "visit_id": "visit-0001",
        "table": "visits",
        "metadata": metadata,
    }
    assert clinician.post(f"{child.timeline}/notes", json=note).status_code == 201
    clinician.get("/v1/timelines")  # It is an entry in the child's log, once a day.
    secrets = (
        "Qentin",
        "Mindor",
        "Zwoll",
        "Wornbuckle",
        child.email,
        guardian.email,
        clinician.email,
        asked_again["id"],
    )
    return Victim(child, guardian, clinician, ids, (*(each.encode() for each in secrets), jpeg[300:332]))


@pytest.fixture
def strangers(person: Callable[..., Person], patient: Person) -> dict[str, Person]:
    """People with accounts who have nothing to do with the victim, each signed in."""
    ended = person("dermatologist", name="Dr. Out")
    grant = patient.share_with(ended)
    patient.delete(f"{patient.timeline}/grants/{grant}")
    return {
        "a patient": patient,
        "a dermatologist": person("dermatologist"),
        "a dermatologist of another patient": ended,
        "a guardian": person("guardian", name="Kim"),
        "a child awaiting consent": person("patient", born_on="2013-03-03", country="DE"),
    }


@pytest.fixture
def password() -> str:
    return PASSWORD
