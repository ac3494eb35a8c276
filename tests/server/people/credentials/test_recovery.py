"""Recovery codes and passwords: shown once, good once, and a new password signs everybody else out."""

import pytest
from sqlalchemy import select

from server.foundation import db
from server.people.accounts.models import User
from server.people.credentials.models import RecoveryCode
from tests.server.conftest import PASSWORD

pytestmark = pytest.mark.both_databases

NEW = "another horse battery"


def new_codes(person):
    answer = person.post("/v1/account/recovery-codes", json={"password": PASSWORD})
    assert answer.status_code == 201, answer.json
    return answer.json["codes"]


def recover(person, code, **more):
    return person.client.post("/v1/recovery", json={"email": person.email, "code": code, "new_password": NEW, **more})


def sign_in(person, password):
    return person.client.post("/v1/devices", json={"email": person.email, "password": password, "name": "Phone"})


def left(person):
    return person.get("/v1/account").json["recovery_codes_left"]


def test_ten_codes_are_shown_once_and_kept_as_hashes(app, patient):
    codes = new_codes(patient)
    assert len(set(codes)) == 10
    assert left(patient) == 10
    with app.app_context():
        digests = [code.code_sha256 for code in db.session().scalars(select(RecoveryCode))]
    assert not {code.replace("-", "") for code in codes} & set(digests)
    assert all(len(each) == 64 for each in digests)


def test_codes_are_made_only_by_who_knows_the_password(patient):
    answer = patient.post("/v1/account/recovery-codes", json={"password": "not this one"})
    assert (answer.status_code, answer.json["code"]) == (403, "wrong_password")
    assert left(patient) == 0


def test_new_codes_void_the_old(patient):
    old, _ = new_codes(patient), new_codes(patient)
    assert recover(patient, old[0]).json["code"] == "wrong_recovery_code"
    assert left(patient) == 10


def test_a_code_sets_a_new_password_however_it_is_written(patient):
    codes = new_codes(patient)
    written = [codes[0], f" {codes[1]} ", codes[2].lower(), codes[3].replace("-", " "), codes[4].replace("-", " - ")]
    assert [recover(patient, code).status_code for code in written] == [204] * 5
    assert sign_in(patient, PASSWORD).status_code == 401
    assert sign_in(patient, NEW).status_code == 201


def test_a_code_works_once(patient):
    code = new_codes(patient)[0]
    assert recover(patient, code).status_code == 204
    assert recover(patient, code).json["code"] == "wrong_recovery_code"
    patient.token = sign_in(patient, NEW).json["token"]
    assert left(patient) == 9


def test_recovering_signs_every_device_and_browser_out(patient, browse):
    browser, other = browse(patient), patient.on_another_device()
    assert recover(patient, new_codes(patient)[0]).status_code == 204
    for device in (patient, other):
        assert device.get("/v1/timelines").json["code"] == "unauthenticated"
    assert browser.get("/account").location.startswith("/sign-in")


def test_a_device_that_was_signed_out_so_comes_back_as_itself(patient):
    recover(patient, new_codes(patient)[0])
    body = {"email": patient.email, "password": NEW, "name": "Phone", "device_id": patient.device_id}
    assert patient.client.post("/v1/devices", json=body).json["id"] == patient.device_id


def test_an_unknown_email_and_a_wrong_code_are_answered_alike(patient, other_patient):
    code = new_codes(patient)[0]
    answers = [
        recover(patient, "AAAA-BBBB-CCCC-DDDD"),
        recover(other_patient, code),
        recover(patient, code, email="nobody@example.org"),
    ]
    assert {(answer.status_code, answer.json["code"], answer.json["detail"]) for answer in answers} == {
        (401, "wrong_recovery_code", "The e-mail or the recovery code is wrong, or the code was used before.")
    }
    assert recover(patient, code).status_code == 204


def test_a_password_that_is_too_short_uses_no_code_up(patient):
    code = new_codes(patient)[0]
    assert recover(patient, code, new_password="short").status_code == 422
    assert left(patient) == 10


def test_a_changed_password_keeps_this_device_and_signs_the_others_out(patient, browse):
    browser, other = browse(patient), patient.on_another_device()
    change = {"password": PASSWORD, "new_password": NEW}
    assert patient.call("PUT", "/v1/account/password", json=change).status_code == 204
    assert patient.get("/v1/timelines").status_code == 200
    assert other.get("/v1/timelines").status_code == 401
    assert browser.get("/account").location.startswith("/sign-in")
    assert (sign_in(patient, PASSWORD).status_code, sign_in(patient, NEW).status_code) == (401, 201)


def test_a_password_is_changed_only_by_who_knows_it(app, patient):
    answer = patient.call("PUT", "/v1/account/password", json={"password": "not this one", "new_password": NEW})
    assert (answer.status_code, answer.json["code"]) == (403, "wrong_password")
    assert sign_in(patient, PASSWORD).status_code == 201
    with app.app_context():
        assert db.session().scalars(select(User)).one().password_hash.startswith("$argon2id$")
