"""What began before a right ended is not finished after it: it is asked for again under the lock that commits."""

import io
import json
from concurrent.futures import ThreadPoolExecutor

import pytest

pytestmark = pytest.mark.both_databases
PART = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"}


class Slowly(io.BytesIO):
    """A body of which the last byte comes after `meanwhile` was done."""

    def __init__(self, data, meanwhile):
        super().__init__(data)
        self.meanwhile = meanwhile

    def read(self, size=-1):
        size = size if size >= 0 else len(self.getbuffer())
        data = super().read(max(1, min(size, len(self.getbuffer()) - self.tell() - 1)))
        if self.meanwhile and self.tell() == len(self.getbuffer()):
            meanwhile, self.meanwhile = self.meanwhile, None
            with ThreadPoolExecutor(1) as elsewhere:
                elsewhere.submit(meanwhile).result()
        return data

    def readinto(self, buffer):
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


@pytest.fixture
def guarded(person):
    """A child of twelve and the guardian who consented."""
    child, guardian = person("patient", born_on="2013-03-03", country="DE"), person("guardian")
    code = child.post("/v1/guardian-invitations", json={}).json["code"]
    assert guardian.post("/v1/guardianships", json={"text_version": "1", "code": code}).status_code == 201
    return child, guardian


@pytest.fixture
def slowly(guarded, visit_row, photo_row, jpeg):
    """Sends a request by name, during which something happens before its last byte."""
    child, _ = guarded
    assert child.push(visits=[visit_row()], photos=[photo_row(jpeg)]) == []
    uploads = f"{child.timeline}/uploads"
    named = {"Upload-Metadata": "photo_id cGhvdG8tMDAwMQ==,media_type aW1hZ2UvanBlZw=="}
    rx = [{"assumedMasterState": None, "newDocumentState": {**visit_row("visit-0009"), "_deleted": False}}]
    as_json = {"Content-Type": "application/json"}
    ways = {
        "photo": ("PUT", f"{child.timeline}/photos/photo-0001", jpeg, {"Content-Type": "image/jpeg"}),
        "part": ("PATCH", None, jpeg[:-10], PART),
        "last part": ("PATCH", None, jpeg, PART),
        "part and checksum": ("PATCH", None, jpeg, PART),
        "push": ("POST", f"{child.timeline}/sync", {"visits": {"created": [visit_row("visit-0009")]}}, as_json),
        "rx": ("POST", f"{child.timeline}/rx/visits/push", rx, as_json),
    }

    def send(way, meanwhile):
        method, path, body, headers = ways[way]
        if path is None:
            begin = {"Tus-Resumable": "1.0.0", "Upload-Length": str(len(jpeg)), **named}
            path = child.post(uploads, headers=begin).headers["Location"]
            headers = {**headers, "Tus-Resumable": "1.0.0"}
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        stream = {"input_stream": Slowly(data, meanwhile), "content_length": len(data)}
        return child.call(method, path, headers=headers, **stream), path

    return send


WAYS = ("photo", "part", "last part", "part and checksum", "push", "rx")


def seen(child):
    """What of the child's timeline is stored, as another of their phones has it."""
    changes = child.on_another_device().pull()["changes"]
    return len(changes["visits"]["updated"]), [row["uploaded"] for row in changes["photos"]["updated"]]


@pytest.mark.parametrize("way", WAYS)
def test_what_comes_while_a_guardian_withdraws_consent_is_not_stored(guarded, slowly, way, objects):
    child, guardian = guarded

    def withdraw():
        assert guardian.delete(f"/v1/guardianships/{child.id}/consent").status_code == 204

    answer, path = slowly(way, withdraw)
    assert (answer.status_code, answer.json["code"]) == (403, "consent_required")
    assert (seen(child), objects()) == ((1, [False]), [])
    if "part" in way:
        where = child.call("HEAD", path, headers={"Tus-Resumable": "1.0.0"})
        assert (where.status_code, where.headers["Upload-Offset"]) == (200, "0")


@pytest.mark.parametrize("way", WAYS)
def test_what_comes_while_its_phone_is_signed_out_is_not_stored(guarded, slowly, way, objects):
    child, _ = guarded
    other = child.on_another_device()

    def sign_out():
        assert other.delete(f"/v1/devices/{child.device_id}").status_code == 204

    answer, _ = slowly(way, sign_out)
    assert (answer.status_code, answer.json["code"]) == (401, "unauthenticated")
    assert (seen(child), objects()) == ((1, [False]), [])


@pytest.mark.parametrize("way", WAYS)
def test_what_comes_slowly_and_is_still_allowed_is_stored(guarded, slowly, way):
    answer, _ = slowly(way, lambda: None)
    assert answer.status_code in (200, 204)


def test_a_note_that_comes_while_the_grant_is_revoked_is_not_written(patient, dermatologist):
    grant = patient.share_with(dermatologist)
    body = json.dumps({"text": "Dry around the mouth."}).encode()
    stream = Slowly(body, lambda: patient.delete(f"{patient.timeline}/grants/{grant}"))
    answer = dermatologist.post(
        f"{patient.timeline}/notes", input_stream=stream, content_length=len(body), content_type="application/json"
    )
    assert (answer.status_code, answer.json["code"]) == (403, "grant_ended")
    assert patient.pull()["changes"]["clinician_notes"]["updated"] == []


def test_an_invitation_made_while_the_phone_is_signed_out_is_none(patient):
    other, body = patient.on_another_device(), json.dumps({"invitation": True}).encode()
    stream = Slowly(body, lambda: other.delete(f"/v1/devices/{patient.device_id}"))
    answer = patient.post(
        f"{patient.timeline}/grants", input_stream=stream, content_length=len(body), content_type="application/json"
    )
    assert answer.status_code == 401
    assert other.get(f"{patient.timeline}/invitations").json["invitations"] == []
