"""Nothing of a child's timeline is on the server, or goes to anybody, without a guardian's consent."""

import hashlib

import pytest
from sqlalchemy import select

from server.foundation import db
from server.people.guardians.consent import CURRENT_VERSION, TEXTS, consent_text
from server.people.guardians.models import Consent
from server.reassessment.running import plan_all
from server.timeline.models import Visit
from tests.server.conftest import PASSWORD

pytestmark = pytest.mark.both_databases


def invite(child, **body):
    return child.post("/v1/guardian-invitations", json=body)


def consent(guardian, **how):
    return guardian.post("/v1/guardianships", json={"text_version": CURRENT_VERSION, **how})


def status(person):
    return person.get("/v1/account").json["status"]


@pytest.fixture
def everything_that_stores_or_shares(child, dermatologist, visit_row, jpeg):
    """Each way by which something of a timeline could come to the server or leave it."""
    here = child.timeline
    tus = {"Tus-Resumable": "1.0.0"}
    named = {"Upload-Metadata": "photo_id cGhvdG8tMDAwMQ==,media_type aW1hZ2UvanBlZw=="}
    part = {**tus, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    row = visit_row("visit-0009")
    rx = [{"assumedMasterState": None, "newDocumentState": {**row, "_deleted": False}}]
    return {
        "push": lambda: child.post(f"{here}/sync", json={"visits": {"created": [row]}}),
        "rx": lambda: child.post(f"{here}/rx/visits/push", json=rx),
        "photo": lambda: child.put(f"{here}/photos/photo-0001", data=jpeg, content_type="image/jpeg"),
        "upload": lambda: child.post(f"{here}/uploads", headers={**tus, **named, "Upload-Length": "5"}),
        "part": lambda: child.call("PATCH", f"{here}/uploads/{'0' * 32}", headers=part, data=b"x"),
        "grant": lambda: child.post(f"{here}/grants", json={"email": dermatologist.email}),
        "code": lambda: child.post(f"{here}/grants", json={"invitation": True}),
    }


def codes(ways):
    answers = {name: way() for name, way in ways.items()}
    return {name: (answer.status_code, answer.json["code"]) for name, answer in answers.items()}


def test_without_consent_nothing_is_stored_or_shared(app, child, everything_that_stores_or_shares):
    refused = codes(everything_that_stores_or_shares)
    assert refused == dict.fromkeys(refused, (403, "consent_required"))
    assert "guardian-invitations" in child.post(f"{child.timeline}/sync", json={}).json["detail"]
    with app.app_context():
        assert db.session().scalars(select(Visit)).all() == []


def test_a_child_without_consent_can_still_sign_in_and_pull(child):
    assert child.on_another_device().pull()["changes"]["visits"]["updated"] == []


def test_the_code_that_the_phone_shows_makes_a_guardian(child, guardian, visit_row):
    assert status(child) == "awaiting_consent"
    made = invite(child).json
    answer = consent(guardian, code=made["code"])
    assert (answer.status_code, answer.json["child"]["name"], answer.json["consented"]) == (201, "Robin", True)
    assert status(child) == "active"
    assert child.push(visits=[visit_row()]) == []


def test_what_the_phone_kept_meanwhile_is_pushed_afterwards(child, guardian, visit_row):
    rows = [visit_row(f"visit-{number:04}") for number in range(3)]
    assert child.post(f"{child.timeline}/sync", json={"visits": {"created": rows}}).status_code == 403
    consent(guardian, code=invite(child).json["code"])
    assert child.push(visits=rows) == []
    assert len(child.pull()["changes"]["visits"]["updated"]) == 3


def test_who_consented_when_and_to_which_words_is_kept(app, clock, child, guardian):
    consent(guardian, code=invite(child).json["code"])
    with app.app_context():
        (consent_row,) = db.session().scalars(select(Consent))
    assert (consent_row.child_id, consent_row.guardian_id, consent_row.given_at) == (child.id, guardian.id, clock.now())
    assert (consent_row.text_version, consent_row.withdrawn_at) == (CURRENT_VERSION, None)


def test_a_code_works_once_and_for_a_week(child, guardian, person, clock):
    first = invite(child).json["code"]
    clock.pass_by(days=7)
    assert consent(guardian, code=first).json["code"] == "guardian_invitation_unknown"
    second = invite(child).json["code"]
    assert consent(guardian, code=second.lower()).status_code == 201
    assert consent(person("guardian"), code=second).json["code"] == "guardian_invitation_unknown"


def test_a_new_code_voids_the_one_before(child, guardian):
    old, new = invite(child).json["code"], invite(child).json["code"]
    assert consent(guardian, code=old).status_code == 404
    assert consent(guardian, code=new).status_code == 201


def test_a_guardian_asked_by_email_finds_the_request(child, guardian, person):
    made = invite(child, email=guardian.email.upper())
    assert "code" not in made.json
    (waiting,) = guardian.get("/v1/guardian-invitations").json["invitations"]
    assert (waiting["id"], waiting["child"]["name"]) == (made.json["id"], "Robin")
    stranger = person("guardian")
    assert stranger.get("/v1/guardian-invitations").json["invitations"] == []
    assert consent(stranger, invitation_id=waiting["id"]).status_code == 404
    assert consent(guardian, invitation_id=waiting["id"]).status_code == 201
    assert guardian.get("/v1/guardian-invitations").json["invitations"] == []


def test_the_answer_to_an_email_does_not_tell_whether_somebody_has_it(child, guardian):
    known, unknown = invite(child, email=guardian.email), invite(child, email="nobody@example.org")
    assert known.json.keys() == unknown.json.keys()
    assert known.status_code == unknown.status_code == 201


@pytest.mark.parametrize("role", ["patient", "dermatologist"])
def test_only_a_guardians_account_consents(child, person, role):
    code = invite(child).json["code"]
    assert consent(person(role), code=code).json["code"] == "guardian_only"
    assert consent(child, code=code).json["code"] == "guardian_only"
    assert status(child) == "awaiting_consent"


def test_consent_is_to_the_newest_words_only(child, guardian):
    assert guardian.get("/v1/consent-text").json == {"version": CURRENT_VERSION, "text": consent_text()}
    code = invite(child).json["code"]
    answer = guardian.post("/v1/guardianships", json={"text_version": "0", "code": code})
    assert (answer.status_code, answer.json["code"]) == (409, "consent_text_outdated")
    assert consent(guardian, code=code).status_code == 201  # The code was not used up.


def test_words_that_were_consented_to_never_change():
    published = {"1": "18961561fa3aa72a29b422228eef61103c6b52517c4ca00c4cb203985eadbeb4"}
    assert {path.stem: hashlib.sha256(path.read_bytes()).hexdigest() for path in TEXTS.glob("*.txt")} == published


@pytest.mark.parametrize("how", [{}, {"code": "AAAA-BBBB-CCCC", "invitation_id": "0" * 32}])
def test_either_a_code_or_a_request_is_answered(guardian, how):
    assert consent(guardian, **how).status_code == 422


def test_who_may_consent_alone_needs_no_guardian(person):
    for born_on in ("2010-03-02", "1990-01-01"):
        assert invite(person("patient", born_on=born_on, country="DE")).json["code"] == "guardian_not_needed"


def test_withdrawing_stops_storing_and_ends_every_sharing(
    child, guardian, dermatologist, visit_row, everything_that_stores_or_shares
):
    consent(guardian, code=invite(child).json["code"])
    child.push(visits=[visit_row()])
    child.share_with(dermatologist)
    handed_over = child.post(f"{child.timeline}/grants", json={"invitation": True}).json["code"]
    assert guardian.delete(f"/v1/guardianships/{child.id}/consent").status_code == 204
    assert status(child) == "awaiting_consent"
    refused = codes(everything_that_stores_or_shares)
    assert refused == dict.fromkeys(refused, (403, "consent_required"))
    assert dermatologist.get(f"{child.timeline}/sync").json["code"] == "grant_ended"
    late = dermatologist.post("/v1/grants", json={"code": handed_over})
    assert (late.status_code, late.json["code"]) == (404, "invitation_unknown")  # Nothing is told of a child's age.
    assert len(child.pull()["changes"]["visits"]["updated"]) == 1  # What was stored is still the child's.


def test_consent_withdrawn_can_be_given_again(app, child, guardian, visit_row):
    consent(guardian, code=invite(child).json["code"])
    guardian.delete(f"/v1/guardianships/{child.id}/consent")
    again = guardian.put(f"/v1/guardianships/{child.id}/consent", json={"text_version": CURRENT_VERSION})
    assert (again.status_code, again.json["consented"]) == (200, True)
    assert child.push(visits=[visit_row()]) == []
    with app.app_context():
        rows = db.session().scalars(select(Consent).order_by(Consent.withdrawn_at)).all()
    assert sorted(each.withdrawn_by or "" for each in rows) == ["", guardian.id]


def test_either_parent_withdraws_for_both(child, guardian, person):
    other = person("guardian", name="Toni")
    consent(guardian, code=invite(child).json["code"])
    consent(other, code=invite(child).json["code"])
    guardianships = child.get("/v1/guardianships").json["guardianships"]
    assert {each["guardian"]["name"] for each in guardianships} == {"Kim", "Toni"}
    other.delete(f"/v1/guardianships/{child.id}/consent")
    assert status(child) == "awaiting_consent"


def test_the_consent_of_a_guardian_who_is_erased_ends_and_with_it_the_sharing(child, guardian, dermatologist, person):
    other = person("guardian", name="Toni")
    for parent in (guardian, other):
        consent(parent, code=invite(child).json["code"])
    child.share_with(dermatologist)
    for parent, expected in ((guardian, ("active", 200)), (other, ("awaiting_consent", 403))):
        assert parent.post("/v1/account/erasure", json={"password": PASSWORD}).status_code == 200
        assert (status(child), dermatologist.get(f"{child.timeline}/sync").status_code) == expected


def test_no_photo_of_a_child_is_assessed_again_without_consent(app, child, guardian, patient):
    def planned():
        with app.app_context():
            return set(plan_all())

    assert planned() == {patient.timeline_id}
    consent(guardian, code=invite(child).json["code"])
    assert planned() == {patient.timeline_id, child.timeline_id}
    guardian.delete(f"/v1/guardianships/{child.id}/consent")
    assert planned() == {patient.timeline_id}
