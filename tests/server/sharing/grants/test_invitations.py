"""A patient hands over a code, which makes a grant once, and can take it back before."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from server.migrations.tables import metadata

pytestmark = pytest.mark.both_databases


def invite(patient, **terms):
    answer = patient.post(f"{patient.timeline}/grants", json={"invitation": True, **terms})
    assert answer.status_code == 201, answer.json
    return answer.json


def waiting(patient):
    return patient.get(f"{patient.timeline}/invitations").json["invitations"]


@pytest.fixture
def code(patient):
    return invite(patient, scope="records")["code"]


def redeem(dermatologist, code):
    return dermatologist.post("/v1/grants", json={"code": code})


def test_an_invitation_code_becomes_a_grant_once(patient, dermatologist, person, code):
    answer = redeem(dermatologist, f" {code.lower()} ")
    assert (answer.status_code, answer.json["scope"]) == (201, "records")
    assert dermatologist.get(f"{patient.timeline}/sync").status_code == 200
    again = redeem(person("dermatologist"), code)
    assert (again.status_code, again.json["code"]) == (404, "invitation_unknown")


def test_a_code_expires(dermatologist, clock, code):
    clock.pass_by(days=7)
    assert redeem(dermatologist, code).json["code"] == "invitation_unknown"


def test_a_wrong_code_is_404(dermatologist, code):
    assert redeem(dermatologist, "AAAA-AAAA-AAAA").json["code"] == "invitation_unknown"


def test_a_patient_cannot_redeem_a_code(other_patient, code):
    answer = redeem(other_patient, code)
    assert (answer.status_code, answer.json["code"]) == (403, "dermatologist_only")


def test_a_code_is_not_kept(app, patient, code):
    with app.extensions["acnetrack.engine"].connect() as connection:
        stored = repr([connection.execute(select(table)).all() for table in metadata.sorted_tables])
    assert patient.timeline_id in stored
    assert code not in stored


def test_wrong_used_withdrawn_and_expired_codes_are_answered_alike(patient, dermatologist, person, clock):
    used, withdrawn, expired = (invite(patient) for _ in range(3))
    ends_before_it_begins = invite(patient, ends_at="2026-03-04T00:00:00Z")
    redeem(person("dermatologist"), used["code"])
    patient.delete(f"{patient.timeline}/invitations/{withdrawn['id']}")
    clock.pass_by(days=3)
    answers = [redeem(dermatologist, code["code"]) for code in (used, withdrawn, ends_before_it_begins)]
    clock.pass_by(days=4)
    answers += [redeem(dermatologist, code) for code in (expired["code"], "AAAA-AAAA-AAAA")]
    assert {answer.json["code"] for answer in answers} == {"invitation_unknown"}
    assert len({(answer.status_code, answer.json["detail"]) for answer in answers}) == 1
    assert dermatologist.get("/v1/timelines").json["timelines"] == []


def test_the_patient_sees_which_codes_wait_and_withdraws_them(patient, dermatologist):
    first, second = invite(patient, scope="records"), invite(patient, ends_at="2026-06-01T00:00:00Z")
    shown = {each["id"]: each for each in waiting(patient)}
    assert shown.keys() == {first["id"], second["id"]}
    assert (shown[first["id"]]["scope"], shown[first["id"]]["expires_at"]) == ("records", "2026-03-09T09:30:00+00:00")
    assert shown[second["id"]]["ends_at"] == "2026-06-01T00:00:00+00:00"
    assert "code" not in shown[first["id"]]
    assert patient.delete(f"{patient.timeline}/invitations/{first['id']}").status_code == 204
    redeem(dermatologist, second["code"])
    assert waiting(patient) == []
    for gone in (first, second):
        again = patient.delete(f"{patient.timeline}/invitations/{gone['id']}")
        assert (again.status_code, again.json["code"]) == (404, "invitation_unknown")


def test_nobody_withdraws_another_patients_code(patient, other_patient, dermatologist):
    invitation = invite(patient)
    answer = other_patient.delete(f"{other_patient.timeline}/invitations/{invitation['id']}")
    assert answer.json["code"] == "invitation_unknown"
    assert redeem(dermatologist, invitation["code"]).status_code == 201


def test_a_code_that_many_redeem_at_once_lets_one_in(patient, person, code):
    many = [person("dermatologist") for _ in range(4)]
    with ThreadPoolExecutor(len(many)) as threads:
        statuses = list(threads.map(lambda each: redeem(each, code).status_code, many))
    assert sorted(statuses) == [201, 404, 404, 404]
    assert len(patient.get(f"{patient.timeline}/grants").json["grants"]) == 1
