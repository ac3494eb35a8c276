"""What a guardian may do shrinks with the years, by the clock; what a guardian may not, never begins."""

import io
import json
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from server.people.guardians.consent import CURRENT_VERSION
from server.sharing.accesses.looked import DID

from ..conftest import PASSWORD

pytestmark = pytest.mark.both_databases

BEFORE_CONSENT_AGE, CONSENT_AGE = date(2029, 3, 2), date(2029, 3, 3)
BEFORE_MAJORITY, MAJORITY = date(2031, 3, 2), date(2031, 3, 3)


@pytest.fixture
def guarded(child, guardian, dermatologist, visit_row):
    """The child, with a guardian's consent, a visit and a dermatologist who may see it."""
    code = child.post("/v1/guardian-invitations", json={}).json["code"]
    assert guardian.post("/v1/guardianships", json={"text_version": CURRENT_VERSION, "code": code}).status_code == 201
    child.push(visits=[visit_row()])
    child.grant = child.share_with(dermatologist)
    return child


@pytest.fixture
def on(clock):
    """Sets the day, and signs people in anew: the years between would have signed them out."""

    def set_day(day, *people, hour=0, minute=0):
        clock.instant = datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)
        return [person.on_another_device() for person in people]

    return set_day


def rights(guardian, child):
    """The code with which each thing that a guardian might do is answered; None is success."""
    here = f"/v1/guardianships/{child.id}"
    version = {"text_version": CURRENT_VERSION}
    answers = {
        "see": guardian.get(f"{here}/grants"),
        "share": guardian.post(f"{here}/grants", json={"email": "dermatologist3@example.org", "scope": "records"}),
        "end": guardian.delete(f"{here}/grants/{child.grant}"),
        "consent": guardian.put(f"{here}/consent", json=version),
        "withdraw": guardian.delete(f"{here}/consent"),
    }
    return {name: answer.json["code"] if answer.status_code >= 400 else None for name, answer in answers.items()}


@pytest.mark.parametrize("day", [date(2026, 3, 2), BEFORE_CONSENT_AGE])
def test_below_the_age_of_consent_a_guardian_decides_with_the_child(guarded, guardian, on, day):
    (guardian,) = on(day, guardian, hour=23, minute=59)
    assert rights(guardian, guarded) == dict.fromkeys(("see", "share", "end", "consent", "withdraw"))


@pytest.mark.parametrize("day", [CONSENT_AGE, BEFORE_MAJORITY])
def test_from_the_age_of_consent_on_a_guardian_only_sees_that_there_is_sharing(guarded, guardian, on, day):
    (guardian,) = on(day, guardian)
    refused = dict.fromkeys(("share", "end", "consent", "withdraw"), "acts_alone")
    assert rights(guardian, guarded) == {"see": None, **refused}


def test_from_majority_on_a_guardian_has_no_right_left(guarded, guardian, on):
    (guardian,) = on(MAJORITY, guardian)
    refusals = rights(guardian, guarded)
    assert refusals == dict.fromkeys(refusals, "guardianship_ended")


def test_midnight_ends_a_right_between_two_requests(guarded, guardian, on, clock):
    (guardian,) = on(BEFORE_MAJORITY, guardian, hour=23, minute=59)
    assert guardian.get(f"/v1/guardianships/{guarded.id}/grants").status_code == 200
    clock.pass_by(minutes=1)
    assert guardian.get(f"/v1/guardianships/{guarded.id}/grants").json["code"] == "guardianship_ended"


def test_a_guardian_reads_no_records_and_no_photos(guarded, guardian):
    assert guardian.get("/v1/timelines").json == {"timelines": []}
    for path in ("sync", "photos/photo-0001", "accesses", "grants"):
        assert guardian.get(f"{guarded.timeline}/{path}").json["code"] == "timeline_unknown"


def test_a_guardian_sees_with_whom_and_until_when_and_nothing_of_the_skin(guarded, guardian):
    shown = guardian.get(f"/v1/guardianships/{guarded.id}/grants")
    (grant,) = shown.json["grants"]
    assert grant["dermatologist"]["name"] == "Dr. Ito"
    assert "visit" not in shown.text


def test_a_stranger_answers_for_nobody(guarded, person):
    refusals = rights(person("guardian"), guarded)
    assert refusals == dict.fromkeys(refusals, "guardianship_unknown")


def test_a_guardian_shares_and_ends_as_the_child_would(guarded, guardian, person):
    other = person("dermatologist", name="Dr. Abe")
    here = f"/v1/guardianships/{guarded.id}/grants"
    made = guardian.post(here, json={"email": other.email, "scope": "records"})
    assert (made.status_code, made.json["scope"]) == (201, "records")
    assert other.get(f"{guarded.timeline}/sync").status_code == 200
    assert guarded.delete(f"{guarded.timeline}/grants/{made.json['id']}").status_code == 204
    assert guardian.delete(f"{here}/{guarded.grant}").status_code == 204
    assert guardian.get(here).json == {"grants": []}


def test_a_withdrawn_consent_binds_nobody_who_may_consent_alone(guarded, guardian, on, visit_row):
    guardian.delete(f"/v1/guardianships/{guarded.id}/consent")
    (young,) = on(BEFORE_CONSENT_AGE, guarded, hour=23, minute=59)
    refused = young.post(f"{guarded.timeline}/sync", json={"visits": {"created": [visit_row("visit-0002")]}})
    assert refused.json["code"] == "consent_required"
    (young,) = on(CONSENT_AGE, guarded)
    assert young.push(visits=[visit_row("visit-0002")]) == []
    assert young.get("/v1/account").json["status"] == "active"


def test_the_child_decides_whether_a_guardian_may_have_the_photos(guarded, guardian):
    (mine,) = guardian.get("/v1/guardianships").json["guardianships"]
    assert mine["photos"] is False
    assert guarded.put(f"/v1/guardians/{guardian.id}", json={"photos": True}).json["photos"] is True
    assert guardian.put(f"/v1/guardians/{guardian.id}", json={"photos": True}).json["code"] == "guardianship_unknown"


def test_at_majority_the_person_is_told_and_keeps_everything(guarded, guardian, dermatologist, on):
    (grown, guardian) = on(MAJORITY, guarded, guardian)
    account = grown.get("/v1/account").json
    assert (account["handed_over_on"], account["status"]) == ("2031-03-03", "active")
    assert len(grown.pull()["changes"]["visits"]["updated"]) == 1
    (dermatologist,) = on(MAJORITY, dermatologist)
    assert dermatologist.get(f"{guarded.timeline}/sync").status_code == 200  # Whom they shared with, they share with.
    assert guardian.get("/v1/guardianships").json["guardianships"][0]["stage"] == "of_age"
    assert grown.delete("/v1/account/hand-over").status_code == 204
    account = grown.get("/v1/account").json
    assert (account["handed_over_on"], account["majority_on"], account["consent_on"]) == (None, None, None)
    for each in (grown, guardian):
        assert each.get("/v1/guardianships").json["guardianships"] == []


def test_nobody_hands_over_before_the_day(guarded, guardian, on):
    (young,) = on(BEFORE_MAJORITY, guarded, hour=23, minute=59)
    assert young.delete("/v1/account/hand-over").status_code == 204
    assert young.get("/v1/account").json["majority_on"] == "2031-03-03"
    assert len(young.get("/v1/guardianships").json["guardianships"]) == 1


def test_who_had_no_guardian_is_told_nothing_and_their_days_are_forgotten(person, on):
    young = person("patient", born_on="2009-03-03", country="DE")
    (young,) = on(date(2027, 3, 2), young)
    assert young.get("/v1/account").json["majority_on"] == "2027-03-03"
    (grown,) = on(date(2027, 3, 4), young)
    shown = grown.get("/v1/account").json
    assert (shown["majority_on"], shown["handed_over_on"]) == (None, None)


def copy(guardian, child):
    answer = guardian.get(f"/v1/guardianships/{child.id}/export")
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as zip_:
        return set(zip_.namelist()), json.loads(zip_.read("data/visits.json"))


def test_a_guardians_copy_has_the_photos_only_where_the_child_allows_it(guarded, guardian, photo_row, jpeg):
    guarded.push(photos=[photo_row(jpeg)])
    guarded.put(f"{guarded.timeline}/photos/photo-0001", data=jpeg, content_type="image/jpeg")
    files, visits = copy(guardian, guarded)
    assert (len(visits), [name for name in files if name.startswith("photos/")]) == (1, [])
    guarded.put(f"/v1/guardians/{guardian.id}", json={"photos": True})
    assert [name for name in copy(guardian, guarded)[0] if name.startswith("photos/")] == ["photos/00001-front.jpg"]


def test_a_child_sees_that_a_guardian_took_a_copy(guarded, guardian):
    copy(guardian, guarded)
    (read,) = guarded.get(f"{guarded.timeline}/accesses").json["accesses"]
    assert (read["what"], read["user"]["id"]) == ("copy", guardian.id)
    assert "copy" in DID


def test_where_the_configuration_says_so_the_copy_always_has_them(app, config, guarded, guardian, photo_row, jpeg):
    guarded.push(photos=[photo_row(jpeg)])
    guarded.put(f"{guarded.timeline}/photos/photo-0001", data=jpeg, content_type="image/jpeg")
    app.extensions["acnetrack.config"] = replace(config, guardian_photos="always")
    assert "photos/00001-front.jpg" in copy(guardian, guarded)[0]


def test_a_guardian_erases_with_their_own_password(guarded, guardian):
    here = f"/v1/guardianships/{guarded.id}/erasure"
    assert guardian.post(here, json={"password": "not this one"}).json["code"] == "wrong_password"
    assert guarded.get("/v1/timelines").status_code == 200
    assert guardian.post(here, json={"password": PASSWORD}).status_code == 200
    assert guarded.get("/v1/timelines").status_code == 401
    assert guardian.get("/v1/guardianships").json == {"guardianships": []}


@pytest.mark.parametrize(("day", "code"), [(CONSENT_AGE, "acts_alone"), (MAJORITY, "guardianship_ended")])
def test_later_a_guardian_neither_copies_nor_erases(guarded, guardian, on, day, code):
    (guardian,) = on(day, guardian)
    here = f"/v1/guardianships/{guarded.id}"
    assert guardian.get(f"{here}/export").json["code"] == code
    assert guardian.post(f"{here}/erasure", json={"password": PASSWORD}).json["code"] == code


def test_from_the_age_of_the_childs_country_on_a_guardian_shares_photos_with_the_childs_yes(guarded, guardian, person):
    here, other = f"/v1/guardianships/{guarded.id}/grants", person("dermatologist", name="Dr. Abe")
    asked = {"email": other.email, "scope": "photos"}
    refused = guardian.post(here, json=asked)
    assert (refused.status_code, refused.json["code"]) == (403, "own_yes_needed")
    assert guarded.put(f"/v1/guardians/{guardian.id}", json={"photos": True}).status_code == 200
    assert guardian.post(here, json=asked).json["scope"] == "photos"


def test_a_guardian_decides_about_photos_of_a_child_too_young_to_be_asked(person, guardian, dermatologist, on):
    child = person("patient", born_on="2014-03-03", country="DE")  # Twelve tomorrow.
    code = child.post("/v1/guardian-invitations", json={}).json["code"]
    assert guardian.post("/v1/guardianships", json={"text_version": CURRENT_VERSION, "code": code}).status_code == 201
    here, asked = f"/v1/guardianships/{child.id}/grants", {"email": dermatologist.email, "scope": "photos"}
    made = guardian.post(here, json=asked)
    assert made.status_code == 201
    assert guardian.delete(f"{here}/{made.json['id']}").status_code == 204
    (guardian,) = on(date(2026, 3, 3), guardian)
    assert guardian.post(here, json=asked).json["code"] == "own_yes_needed"
