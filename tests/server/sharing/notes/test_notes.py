"""A dermatologist's notes are part of the patient's records: appended, amended, never changed."""

import pytest

pytestmark = pytest.mark.both_databases


def write(dermatologist, patient, text="Dry around the mouth.", **more):
    return dermatologist.post(f"{patient.timeline}/notes", json={"text": text, **more})


def pulled(reader, patient, cursor=0):
    answer = reader.get(f"{patient.timeline}/sync?last_pulled_at={cursor}")
    assert answer.status_code == 200, answer.json
    return answer.json["changes"]["clinician_notes"]["updated"]


@pytest.fixture(autouse=True)
def shared(patient, dermatologist):
    patient.share_with(dermatologist, scope="records")


def test_a_note_reaches_the_patient_with_its_authors_name(patient, dermatologist):
    cursor = patient.pull()["timestamp"]
    answer = write(dermatologist, patient, "  Dry around the mouth.\n")
    assert answer.status_code == 201
    (note,) = pulled(patient, patient, cursor)
    assert note == answer.json
    assert note == {
        "id": note["id"],
        "author_id": dermatologist.id,
        "author": "Dr. Ito",
        "recorded_at": "2026-03-02T09:30:00+00:00",
        "text": "Dry around the mouth.",
        "amends": None,
    }


def test_everybody_with_whom_the_records_are_shared_sees_every_note(patient, dermatologist, person):
    write(dermatologist, patient)
    other = person("dermatologist", name="Dr. Roe")
    patient.share_with(other, scope="records")
    write(other, patient, "I see no dryness.")
    assert [note["author"] for note in pulled(dermatologist, patient)] == ["Dr. Ito", "Dr. Roe"]
    assert pulled(other, patient) == pulled(patient, patient) == pulled(dermatologist, patient)


def test_an_amendment_is_a_new_note_that_names_the_old(patient, dermatologist):
    first = write(dermatologist, patient).json
    second = write(dermatologist, patient, "Dry around the nose.", amends=first["id"]).json
    assert pulled(patient, patient) == [first, second]
    again = write(dermatologist, patient, "Dry all over.", amends=first["id"])
    assert (again.status_code, again.json["code"]) == (409, "note_amended")
    assert write(dermatologist, patient, "Dry all over.", amends=second["id"]).status_code == 201


def test_only_its_author_amends_a_note(patient, dermatologist, person):
    note = write(dermatologist, patient).json
    other = person("dermatologist")
    patient.share_with(other)
    answer = write(other, patient, amends=note["id"])
    assert (answer.status_code, answer.json["code"]) == (403, "note_of_another")


def test_a_note_amends_none_of_another_timeline(patient, other_patient, dermatologist):
    other_patient.share_with(dermatologist)
    elsewhere = write(dermatologist, other_patient).json["id"]
    for unknown in (elsewhere, "note-that-never-was"):
        answer = write(dermatologist, patient, amends=unknown)
        assert (answer.status_code, answer.json["code"]) == (404, "note_unknown")


def test_a_note_sent_again_after_a_lost_answer_is_one_note(patient, dermatologist):
    first = write(dermatologist, patient, id="note-0001")
    again = write(dermatologist, patient, id="note-0001")
    assert (again.status_code, again.json) == (201, first.json)
    other = write(dermatologist, patient, "Something else.", id="note-0001")
    assert (other.status_code, other.json["code"]) == (409, "immutable")
    assert len(pulled(patient, patient)) == 1


def test_nobody_but_a_dermatologist_with_a_grant_writes(patient, other_patient, dermatologist, person):
    assert write(patient, patient).json["code"] == "clinician_only"
    for stranger in (other_patient, person("dermatologist")):
        assert write(stranger, patient).json["code"] == "timeline_unknown"
    dermatologist.delete(f"{patient.timeline}/grants/mine")
    assert write(dermatologist, patient).json["code"] == "grant_ended"
    assert pulled(patient, patient) == []


def test_a_note_stays_after_its_authors_grant_has_ended(patient, dermatologist):
    write(dermatologist, patient)
    dermatologist.delete(f"{patient.timeline}/grants/mine")
    assert len(pulled(patient, patient)) == 1


def test_a_note_without_words_or_with_too_many_is_422(patient, dermatologist):
    for text in ("", "  \n", "x" * 10_001, None, 5):
        assert write(dermatologist, patient, text).status_code == 422, text
