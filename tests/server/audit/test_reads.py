"""The patient sees every clinician who read, and what."""

import pytest


def reads(patient, query=""):
    return [
        (read["user"]["email"], read["what"])
        for read in patient.get(f"{patient.timeline}/accesses{query}").json["accesses"]
    ]


@pytest.fixture
def shared(patient, dermatologist, visit_row, photo_row, jpeg):
    patient.push(visits=[visit_row()], photos=[photo_row(jpeg)])
    patient.put(f"{patient.timeline}/photos/photo-0001", data=jpeg, content_type="image/jpeg")
    patient.share_with(dermatologist)
    return patient


def test_reading_records_and_photos_is_seen_newest_first(shared, dermatologist, clock):
    dermatologist.get(f"{shared.timeline}/sync")
    clock.pass_by(minutes=1)
    dermatologist.get(f"{shared.timeline}/photos/photo-0001")
    assert reads(shared) == [(dermatologist.email, "photo"), (dermatologist.email, "timeline")]


def test_polling_without_news_is_no_reading(shared, dermatologist):
    first = dermatologist.get(f"{shared.timeline}/sync")
    dermatologist.get(f"{shared.timeline}/sync?last_pulled_at={first.json['timestamp']}")
    dermatologist.get(f"{shared.timeline}/sync", headers={"If-None-Match": first.headers["ETag"]})
    assert len(reads(shared)) == 1


def test_the_patients_own_reading_is_not_recorded(shared):
    shared.get(f"{shared.timeline}/photos/photo-0001")
    assert reads(shared) == []


def test_a_refused_reading_is_not_recorded(shared, dermatologist):
    dermatologist.get(f"{shared.timeline}/photos/photo-9999")
    assert reads(shared) == []


def test_readings_come_in_pages(shared, dermatologist, clock):
    for _ in range(3):
        dermatologist.get(f"{shared.timeline}/photos/photo-0001")
        clock.pass_by(minutes=1)
    assert len(reads(shared, "?limit=2")) == 2
    assert len(reads(shared, "?before=2026-03-02T09:31:00Z")) == 1


@pytest.mark.parametrize("query", ["?limit=0", "?limit=x", "?before=yesterday", "?before=2026-03-02T09:31:00"])
def test_a_wrong_query_is_422(patient, query):
    assert patient.get(f"{patient.timeline}/accesses{query}").status_code == 422
