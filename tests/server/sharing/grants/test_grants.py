"""A patient shares with a dermatologist, sees with whom, and takes it back at once."""

import pytest

pytestmark = pytest.mark.both_databases


def share(patient, **body):
    return patient.post(f"{patient.timeline}/grants", json=body)


def sync(person, patient, cursor=0):
    return person.get(f"{patient.timeline}/sync?last_pulled_at={cursor}")


def test_a_dermatologist_sees_what_is_shared_by_email(patient, dermatologist):
    grant = share(patient, email=dermatologist.email.upper())
    assert (grant.status_code, grant.json["scope"]) == (201, "photos")
    (timeline,) = dermatologist.get("/v1/timelines").json["timelines"]
    assert (timeline["id"], timeline["role"]) == (patient.timeline_id, "dermatologist")


def test_a_revoked_grant_ends_with_the_next_request(patient, dermatologist):
    grant = patient.share_with(dermatologist)
    assert sync(dermatologist, patient).status_code == 200
    assert patient.delete(f"{patient.timeline}/grants/{grant}").status_code == 204
    answer = sync(dermatologist, patient)
    assert (answer.status_code, answer.json["code"]) == (403, "grant_ended")
    assert dermatologist.get("/v1/timelines").json == {"timelines": []}
    assert patient.delete(f"{patient.timeline}/grants/{grant}").json["code"] == "grant_unknown"


def test_a_grant_ends_when_it_said_it_would(patient, dermatologist, clock):
    patient.share_with(dermatologist, ends_at="2026-03-03T00:00:00+00:00")
    assert sync(dermatologist, patient).status_code == 200
    clock.pass_by(days=1)
    assert sync(dermatologist, patient).json["code"] == "grant_ended"


def test_the_patient_sees_every_grant_also_ended_ones(patient, dermatologist):
    grant = patient.share_with(dermatologist)
    patient.delete(f"{patient.timeline}/grants/{grant}")
    (shown,) = patient.get(f"{patient.timeline}/grants").json["grants"]
    assert shown["dermatologist"]["email"] == dermatologist.email
    assert shown["revoked_at"]


def test_records_alone_can_be_shared(patient, dermatologist, visit_row, photo_row, jpeg):
    patient.push(visits=[visit_row()], photos=[photo_row(jpeg)])
    patient.put(f"{patient.timeline}/photos/photo-0001", data=jpeg, content_type="image/jpeg")
    patient.share_with(dermatologist, scope="records")
    changes = sync(dermatologist, patient).json["changes"]
    assert "photos" not in changes
    assert changes["visits"]["updated"]
    answer = dermatologist.get(f"{patient.timeline}/photos/photo-0001")
    assert (answer.status_code, answer.json["code"]) == (403, "scope_too_narrow")


@pytest.mark.parametrize("between", [False, True])
def test_a_wider_grant_brings_everything_again(patient, dermatologist, visit_row, photo_row, between):
    patient.push(visits=[visit_row()], photos=[photo_row()])
    grant = patient.share_with(dermatologist, scope="records")
    cursor = sync(dermatologist, patient).json["timestamp"]
    if between:  # nobody pulls while it is revoked
        patient.delete(f"{patient.timeline}/grants/{grant}")
    patient.share_with(dermatologist, scope="photos")
    answer = sync(dermatologist, patient, cursor)
    assert (answer.status_code, answer.json["reason"]) == (410, "scope")
    assert sync(dermatologist, patient).json["changes"]["photos"]["updated"]


def test_the_same_grant_again_is_the_same(patient, dermatologist):
    grant = patient.share_with(dermatologist)
    cursor = sync(dermatologist, patient).json["timestamp"]
    assert patient.share_with(dermatologist) == grant
    assert sync(dermatologist, patient, cursor).status_code == 200


def test_one_patients_grant_opens_no_other_timeline(patient, other_patient, dermatologist):
    patient.share_with(dermatologist)
    assert sync(dermatologist, other_patient).json["code"] == "timeline_unknown"


def test_only_a_dermatologist_can_be_shared_with(patient, other_patient):
    for email in (other_patient.email, "nobody@example.org"):
        answer = share(patient, email=email)
        assert (answer.status_code, answer.json["code"]) == (404, "dermatologist_unknown")


def test_a_grant_with_a_wrong_value_is_422(patient):
    for body in (
        {},
        {"email": "x"},
        {"email": "a@example.org", "invitation": True},
        {"invitation": "yes"},
        {"invitation": False},
        {"invitation": True, "scope": "everything"},
        {"invitation": True, "ends_at": "2026-03-03T00:00:00"},
        {"email": "a@example.org", "ends_at": 5},
    ):
        answer = share(patient, **body)
        assert (answer.status_code, answer.json["code"]) == (422, "invalid"), body


def test_nobody_revokes_another_patients_grant(patient, other_patient, dermatologist):
    grant = patient.share_with(dermatologist)
    answer = other_patient.delete(f"{other_patient.timeline}/grants/{grant}")
    assert (answer.status_code, answer.json["code"]) == (404, "grant_unknown")
    assert sync(dermatologist, patient).status_code == 200


@pytest.mark.parametrize("to", ["email", "invitation"])
def test_a_grant_that_would_have_ended_already_is_422(patient, dermatologist, to):
    whom = {"email": dermatologist.email} if to == "email" else {"invitation": True}
    answer = share(patient, **whom, ends_at="2026-03-02T09:30:00Z")
    assert (answer.status_code, answer.json["code"]) == (422, "ends_in_past")


def test_a_narrower_grant_makes_the_phone_drop_what_it_may_no_longer_see(patient, dermatologist, visit_row, photo_row):
    patient.push(visits=[visit_row()], photos=[photo_row()])
    patient.share_with(dermatologist, scope="photos")
    first = sync(dermatologist, patient).json
    assert first["changes"]["photos"]["updated"]
    patient.share_with(dermatologist, scope="records")
    answer = sync(dermatologist, patient, first["timestamp"])
    assert (answer.status_code, answer.json["reason"]) == (410, "scope")
    assert "photos" not in sync(dermatologist, patient).json["changes"]


@pytest.mark.parametrize("change", ["narrowed", "revoked", "ended", "left"])
def test_what_changes_in_the_middle_of_a_paged_pull_holds_from_the_next_page(
    patient, dermatologist, clock, visit_row, change
):
    patient.push(visits=[visit_row(f"visit-{n:04}") for n in range(5)])
    grant = patient.share_with(dermatologist, ends_at="2026-03-03T00:00:00Z")
    page = dermatologist.get(f"{patient.timeline}/sync?limit=2").json
    assert page["has_more"]
    {
        "narrowed": lambda: patient.share_with(dermatologist, scope="records", ends_at="2026-03-03T00:00:00Z"),
        "revoked": lambda: patient.delete(f"{patient.timeline}/grants/{grant}"),
        "ended": lambda: clock.pass_by(days=1),
        "left": lambda: dermatologist.delete(f"{patient.timeline}/grants/mine"),
    }[change]()
    answer = sync(dermatologist, patient, page["timestamp"])
    expected = (410, "resync_required") if change == "narrowed" else (403, "grant_ended")
    assert (answer.status_code, answer.json["code"]) == expected


def test_a_revoked_grant_ends_for_pages_that_are_open(patient, dermatologist, browse, jpeg, visit_row, photo_row):
    patient.push(visits=[visit_row()], photos=[photo_row(jpeg)])
    patient.put(f"{patient.timeline}/photos/photo-0001", data=jpeg, content_type="image/jpeg")
    grant, pages = patient.share_with(dermatologist), browse(dermatologist)
    here = f"/timelines/{patient.timeline_id}"
    addresses = [here, f"{here}/visits/visit-0001", f"{here}/photos/photo-0001", f"{here}/report"]
    assert [pages.get(address).status_code for address in addresses] == [200] * 4
    patient.delete(f"{patient.timeline}/grants/{grant}")
    assert [pages.get(address).status_code for address in addresses] == [403] * 4
    assert patient.timeline_id not in pages.get("/patients").text


def test_sharing_again_after_the_end_starts_anew(patient, dermatologist, visit_row):
    patient.push(visits=[visit_row()])
    grant = patient.share_with(dermatologist)
    cursor = sync(dermatologist, patient).json["timestamp"]
    patient.delete(f"{patient.timeline}/grants/{grant}")
    assert patient.share_with(dermatologist) != grant
    answer = sync(dermatologist, patient, cursor)
    assert (answer.status_code, answer.json["reason"]) == (410, "scope")
    assert sync(dermatologist, patient).json["changes"]["visits"]["updated"]


def test_a_dermatologist_leaves_and_the_patient_sees_who_ended_it(patient, dermatologist):
    patient.share_with(dermatologist)
    assert dermatologist.delete(f"{patient.timeline}/grants/mine").status_code == 204
    assert sync(dermatologist, patient).json["code"] == "grant_ended"
    (shown,) = patient.get(f"{patient.timeline}/grants").json["grants"]
    assert shown["left"] and shown["revoked_at"]
    assert dermatologist.delete(f"{patient.timeline}/grants/mine").json["code"] == "grant_ended"


def test_a_patient_cannot_leave_their_own_timeline(patient):
    answer = patient.delete(f"{patient.timeline}/grants/mine")
    assert (answer.status_code, answer.json["code"]) == (409, "own_timeline")


def granted(patient, cursor=0):
    """The grants that a phone pulls, by their dermatologist's name."""
    rows = patient.pull(cursor)["changes"]["grants"]["updated"]
    return {row["dermatologist_name"]: row for row in rows}


def test_the_patients_phones_know_offline_who_may_see_what_until_when(patient, dermatologist, person):
    patient.share_with(dermatologist, scope="records", ends_at="2026-06-01T00:00:00+02:00")
    patient.share_with(person("dermatologist", name="Dr. Roe"))
    cursor = patient.pull()["timestamp"]
    rows = granted(patient)
    assert rows["Dr. Ito"]["scope"] == "records"
    assert rows["Dr. Ito"]["starts_at"] == "2026-03-02T09:30:00+00:00"
    assert rows["Dr. Ito"]["ends_at"] == "2026-05-31T22:00:00+00:00"
    assert rows["Dr. Roe"]["ends_at"] is rows["Dr. Roe"]["revoked_at"] is None
    patient.share_with(dermatologist, scope="photos")
    dermatologist.delete(f"{patient.timeline}/grants/mine")
    (ended,) = granted(patient, cursor).values()
    assert (ended["scope"], ended["left"], ended["revoked_at"]) == ("photos", True, "2026-03-02T09:30:00+00:00")


def test_no_dermatologist_pulls_who_else_may_see(patient, dermatologist, person):
    patient.share_with(dermatologist)
    patient.share_with(person("dermatologist"))
    assert "grants" not in sync(dermatologist, patient).json["changes"]


def test_nobody_writes_the_servers_tables(patient, dermatologist):
    patient.share_with(dermatologist)
    (grant,) = granted(patient).values()
    for table in ("grants", "clinician_notes", "model_notices", "reviews"):
        row = grant if table == "grants" else {"id": "server-row-1"}
        for change in ({"created": [row]}, {"updated": [{**row, "scope": "records"}]}, {"deleted": [row["id"]]}):
            (verdict,) = patient.send({table: change})
            assert (verdict["table"], verdict["id"], verdict["code"]) == (table, row["id"], "read_only")
            assert verdict["current"] == (grant if table == "grants" else None)
    assert granted(patient) == {"Dr. Ito": grant}


@pytest.mark.parametrize("ends_at", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"])
def test_a_grant_until_a_moment_that_utc_does_not_have_is_refused(patient, ends_at):
    answer = share(patient, invitation=True, ends_at=ends_at)
    assert (answer.status_code, answer.json["errors"]) == (422, {"json": {"ends_at": ["Not a valid datetime."]}})
