"""A patient shares with a dermatologist, sees with whom, and takes it back at once."""

import pytest


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


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"email": "x"},
        {"email": "a@example.org", "invitation": True},
        {"invitation": "yes"},
        {"invitation": False},
        {"invitation": True, "scope": "everything"},
        {"invitation": True, "ends_at": "2026-03-03T00:00:00"},
    ],
)
def test_a_grant_with_a_wrong_value_is_422(patient, body):
    answer = share(patient, **body)
    assert (answer.status_code, answer.json["code"]) == (422, "invalid")


def test_nobody_revokes_another_patients_grant(patient, other_patient, dermatologist):
    grant = patient.share_with(dermatologist)
    answer = other_patient.delete(f"{other_patient.timeline}/grants/{grant}")
    assert (answer.status_code, answer.json["code"]) == (404, "grant_unknown")
    assert sync(dermatologist, patient).status_code == 200


@pytest.fixture
def code(patient):
    return share(patient, invitation=True, scope="records").json["code"]


def redeem(dermatologist, code):
    return dermatologist.post("/v1/grants", json={"code": code})


def test_an_invitation_code_becomes_a_grant_once(patient, dermatologist, person, code):
    answer = redeem(dermatologist, f" {code.lower()} ")
    assert (answer.status_code, answer.json["scope"]) == (201, "records")
    assert sync(dermatologist, patient).status_code == 200
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


def test_a_code_is_not_kept(config, code):
    assert code.encode() not in b"".join(path.read_bytes() for path in config.photo_dir.parent.glob("acnetrack.db*"))
