"""A device's token: rotated without locking a phone out, expiring without losing what it has not sent, revoked."""

from datetime import date

import pytest
from sqlalchemy import select

from server.foundation import db
from server.people.accounts.models import Device
from tests.server.conftest import PASSWORD

pytestmark = pytest.mark.both_databases


def sign_in(person, **more):
    answer = person.client.post(
        "/v1/devices", json={"email": person.email, "password": PASSWORD, "name": "Phone", **more}
    )
    assert answer.status_code == 201, answer.json
    return answer.json


def rotate(person):
    answer = person.post("/v1/devices/current/token")
    assert answer.status_code == 201, answer.json
    assert answer.json["id"] == person.device_id
    return answer.json["token"]


def works(person, token):
    return person.get("/v1/devices", headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_the_old_token_is_good_until_the_new_one_is_used(patient):
    old, new = patient.token, rotate(patient)
    assert works(patient, old)
    assert works(patient, old)
    assert works(patient, new)
    assert not works(patient, old)
    assert works(patient, new)


def test_a_lost_answer_to_a_rotation_locks_nobody_out(patient):
    lost, new = rotate(patient), rotate(patient)
    assert works(patient, patient.token)
    assert not works(patient, lost)
    assert works(patient, new)


def test_a_new_token_rotates_too(patient):
    for _ in range(3):
        patient.token = rotate(patient)
    assert works(patient, patient.token)
    assert len(patient.get("/v1/devices").json["devices"]) == 1


def test_a_revoked_device_is_out_by_both_of_its_tokens(patient):
    lost = patient.on_another_device()
    new = rotate(lost)
    patient.delete(f"/v1/devices/{lost.device_id}")
    assert not works(lost, lost.token)
    assert not works(lost, new)


@pytest.mark.parametrize(("days", "status"), [(180, 200), (181, 401)])
def test_a_token_expires_180_days_after_the_day_it_was_last_used(patient, clock, days, status):
    clock.pass_by(days=days)
    assert patient.get("/v1/timelines").status_code == status


def test_a_token_in_use_never_expires(patient, clock):
    for _ in range(5):
        clock.pass_by(days=170)
        assert patient.get("/v1/timelines").status_code == 200


def test_an_expired_token_says_so_and_how_to_go_on(patient, clock):
    clock.pass_by(days=181)
    answer = patient.get("/v1/timelines")
    assert (answer.status_code, answer.json["code"]) == (401, "token_expired")
    assert "device_id" in answer.json["detail"]


def test_signing_in_again_on_an_expired_device_keeps_what_it_has_not_sent_its_own(patient, clock, course_row):
    patient.push(treatment_courses=[course_row()])
    seen_before_it_wrote = 0
    clock.pass_by(days=200)
    again = sign_in(patient, device_id=patient.device_id)
    assert again["id"] == patient.device_id
    patient.token = again["token"]
    later = {"treatment_courses": {"updated": [course_row(dose="0.3 %")]}}
    assert patient.send(later, seen_before_it_wrote) == []  # Its own last write, by its own id.
    other = patient.on_another_device()
    (refused,) = other.send({"treatment_courses": {"updated": [course_row(dose="1 %")]}}, seen_before_it_wrote)
    assert refused["code"] == "conflict"


def test_signing_in_again_ends_the_tokens_from_before(patient):
    rotated = rotate(patient)
    again = sign_in(patient, device_id=patient.device_id)
    assert works(patient, again["token"])
    assert not works(patient, patient.token)
    assert not works(patient, rotated)


def test_a_signed_out_device_comes_back_as_itself(patient):
    assert patient.delete(f"/v1/devices/{patient.device_id}").status_code == 204
    assert sign_in(patient, device_id=patient.device_id)["id"] == patient.device_id


def test_nobody_takes_over_anothers_device_or_a_browsers(app, patient, other_patient, browse):
    browse(patient)
    with app.app_context():
        browser = db.session().scalars(select(Device.id).filter_by(kind="browser")).one()
    for taken in (other_patient.device_id, browser, "unknown-device"):
        assert sign_in(patient, device_id=taken)["id"] not in (taken, patient.device_id)
    assert works(other_patient, other_patient.token)


def test_only_the_day_of_the_last_use_is_kept(app, patient, clock):
    clock.pass_by(days=1, hours=3)
    patient.get("/v1/timelines")
    (shown,) = patient.get("/v1/devices").json["devices"]
    assert shown["last_used_on"] == "2026-03-03"
    assert shown["expires_at"] == "2026-08-31T00:00:00+00:00"  # A midnight: no time of use is told by it.
    with app.app_context():
        assert db.session().scalars(select(Device)).one().last_used_on == date(2026, 3, 3)


def test_a_clock_that_goes_back_shortens_no_sign_in(patient, clock):
    before = patient.get("/v1/devices").json["devices"]
    clock.pass_by(days=-400)
    assert patient.get("/v1/devices").json["devices"] == before


def test_the_list_says_which_device_asks(patient):
    other = patient.on_another_device()
    assert patient.get("/v1/devices").json["current"] == patient.device_id
    assert other.get("/v1/devices").json["current"] == other.device_id


def test_a_device_signs_itself_out(patient):
    assert patient.delete(f"/v1/devices/{patient.device_id}").status_code == 204
    assert patient.get("/v1/devices").json["code"] == "unauthenticated"
