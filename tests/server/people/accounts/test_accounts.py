"""Signing up and in, and being signed out."""

import pytest

from server.foundation import db
from server.people.accounts.models import Device, User
from server.people.accounts.passwords import LONGEST, SHORTEST

pytestmark = pytest.mark.both_databases

ACCOUNT = {
    "email": "kim@example.org",
    "name": "Kim",
    "password": "correct horse",
    "role": "patient",
    "born_on": "1990-01-01",
    "country": "NO",
}
WRONG = [
    {"email": "no address"},
    {"email": None},
    {"email": "a@" + "b" * 300 + ".org"},
    {"name": ""},
    {"name": "   "},
    {"name": "x" * 101},
    {"password": "x" * (SHORTEST - 1)},
    {"password": "x" * (LONGEST + 1)},  # argon2 works as long as its input is
    {"password": 1234567890},
    {"role": "administrator"},
    {"id": "chosen-by-me"},
]


def sign_in(client, **changes):
    return client.post(
        "/v1/devices", json={"email": ACCOUNT["email"], "password": "correct horse", "name": "P", **changes}
    )


def test_a_patient_gets_one_timeline_at_sign_up(patient):
    (timeline,) = patient.get("/v1/timelines").json["timelines"]
    assert timeline["role"] == "owner"


def test_a_dermatologist_gets_none(dermatologist):
    assert dermatologist.get("/v1/timelines").json == {"timelines": []}


def test_an_account_never_shows_its_password(client):
    answer = client.post("/v1/accounts", json=ACCOUNT)
    assert answer.status_code == 201
    assert answer.json.keys() == {"id", "email", "name", "role", "status"}


@pytest.mark.parametrize("email", ["kim@example.org", "KIM@Example.org"])
def test_an_email_signs_up_once_whatever_its_case(client, email):
    client.post("/v1/accounts", json=ACCOUNT)
    answer = client.post("/v1/accounts", json={**ACCOUNT, "email": email})
    assert (answer.status_code, answer.json["code"]) == (409, "email_taken")


def test_an_account_with_a_wrong_value_is_refused_by_its_name(client):
    for wrong in WRONG:
        answer = client.post("/v1/accounts", json={**ACCOUNT, **wrong})
        assert (wrong, answer.status_code, answer.json["code"]) == (wrong, 422, "invalid")
        assert answer.json["errors"]["json"].keys() == wrong.keys()


def test_passwords_and_tokens_are_kept_only_as_hashes(app, client):
    client.post("/v1/accounts", json=ACCOUNT)
    token = sign_in(client).json["token"]
    with app.app_context():
        assert db.session().query(User).one().password_hash.startswith("$argon2id$")
        columns = vars(db.session().query(Device).one()).values()
    assert token not in map(str, columns)


@pytest.mark.parametrize("wrong", [{"password": "incorrect horse"}, {"email": "nobody@example.org"}])
def test_a_wrong_email_and_a_wrong_password_are_answered_alike(client, wrong):
    client.post("/v1/accounts", json=ACCOUNT)
    answer = sign_in(client, **wrong)
    assert (answer.status_code, answer.json["code"]) == (401, "wrong_credentials")


def test_every_device_is_listed(patient):
    patient.on_another_device()
    devices = patient.get("/v1/devices").json["devices"]
    assert len(devices) == 2
    assert all("token" not in device for device in devices)


def test_a_signed_out_device_is_refused_at_its_next_request(patient):
    lost = patient.on_another_device()
    assert patient.delete(f"/v1/devices/{lost.device_id}").status_code == 204
    assert lost.get("/v1/timelines").json["code"] == "unauthenticated"
    assert patient.get("/v1/timelines").status_code == 200
    assert patient.delete(f"/v1/devices/{lost.device_id}").json["code"] == "device_unknown"


def test_nobody_signs_out_another_persons_device(patient, other_patient):
    answer = other_patient.delete(f"/v1/devices/{patient.device_id}")
    assert (answer.status_code, answer.json["code"]) == (404, "device_unknown")
    assert patient.get("/v1/timelines").status_code == 200


def test_whatever_is_no_token_is_refused(client):
    for header in ("Bearer", "Bearer ", "Bearer x", "Basic eDp5", "bearer \xff", "Token abc"):
        answer = client.get("/v1/timelines", headers={"Authorization": header})
        assert (header, answer.status_code, answer.json["code"]) == (header, 401, "unauthenticated")
