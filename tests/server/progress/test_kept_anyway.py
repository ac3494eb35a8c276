"""A photo that was kept although the phone could not judge it is shown to its owner and held against nothing."""

from datetime import date, timedelta
from typing import Any

import pytest

from server.foundation import db
from server.pages.patient_lines import list_lines
from server.people.accounts.models import User
from server.progress.progress import progress_of
from server.progress.records import KEPT_ANYWAY
from server.timeline.models import Timeline


@pytest.fixture
def photos(photo_row: Any) -> Any:
    """Makes the front photo of each of four weekly visits."""

    def rows(**kept: bool) -> list[dict[str, Any]]:
        days = [date(2026, 1, 5) + timedelta(weeks=number) for number in range(4)]
        return [
            photo_row(str(day).encode(), f"photo-{number:04}", visit_id=f"visit-{number:04}")
            | ({"kept_anyway": kept[f"visit_{number}"]} if f"visit_{number}" in kept else {})
            for number, day in enumerate(days)
        ]

    return rows


@pytest.fixture
def spoilt(patient: Any, followed: Any, photos: Any) -> Any:
    """A patient who kept a photo of the third of four visits anyway, and of the last, which counts nothing on it."""
    followed(patient, {"papules": 36, "iga": 3}, {"papules": 35, "iga": 3}, {"papules": 50}, {"papules": 0, "iga": 0})
    assert patient.push(photos=photos(visit_2=True, visit_3=True, visit_1=False)) == []
    return patient


def test_it_is_neither_latest_nor_assessed_and_no_verdict_knows_it(app: Any, spoilt: Any) -> None:
    with app.app_context():
        progress = progress_of(db.session().get_one(Timeline, spoilt.timeline_id))
    assert [visit.id for visit in progress.assessed] == ["visit-0000", "visit-0001"]
    assert progress.latest and progress.latest.id == "visit-0001"
    assert [visit.id for visit in progress.followed.visits] == ["visit-0000", "visit-0001"]
    assert [visit.unavailable for visit in progress.visits] == [None, None, KEPT_ANYWAY, KEPT_ANYWAY]
    assert not any(photo.reading and photo.reading.lesions for photo in progress.visits[3].photos)


def test_the_pages_say_why(spoilt: Any, browse: Any) -> None:
    client = browse(spoilt)
    assert client.get(f"/timelines/{spoilt.timeline_id}").text.count(f"Not judged: {KEPT_ANYWAY}") >= 2
    visit = client.get(f"/timelines/{spoilt.timeline_id}/visits/visit-0003").text
    assert KEPT_ANYWAY in visit and "Grades" not in visit


def test_fhir_has_its_photo_with_the_reason_and_no_observation_of_it(spoilt: Any) -> None:
    resources = [e["resource"] for e in spoilt.get(f"{spoilt.timeline}/fhir").json["entry"]]
    counts = [r for r in resources if r.get("code", {}).get("coding", [{}])[0].get("code") == "inflammatory"]
    assert [count["valueInteger"] for count in counts] == [36, 35]
    said = [media.get("note", [{"text": ""}])[0]["text"] for media in resources if media["resourceType"] == "Media"]
    assert ["kept it although" in each for each in said] == [False, False, True, True]


def test_the_list_is_read_anew_once_a_photo_says_it(
    app: Any, patient: Any, dermatologist: Any, followed: Any, photos: Any
) -> None:
    followed(patient, {"papules": 36, "iga": 3}, {"papules": 4, "iga": 1})
    patient.share_with(dermatologist)

    def line() -> Any:
        with app.app_context():
            return list_lines(db.session().get_one(User, dermatologist.id))[0]

    assert len(line().summary.counts) == 2
    assert patient.push(photos=photos(visit_1=True)[:2]) == []
    assert [point.inflammatory.value for point in line().summary.counts] == [36]
