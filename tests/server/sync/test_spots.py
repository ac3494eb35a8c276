"""Spots that are followed: a place on a photo, which goes where its photo's visit goes."""

import pytest

from server.sync.reading import values_of
from server.sync.tables import TABLES
from server.sync.verdict import Invalid

SPOT = {"id": "spot-0001", "visit_id": "visit-0001", "photo_id": "photo-0001", "x": 0.1, "y": 2 / 3}
SAID = {"still_there": None, "note": "a dark one"}
(SPOTS,) = (table for table in TABLES if table.name == "spots")


@pytest.fixture
def marked(patient, visit_row, photo_row):
    """A patient who marked a spot on a photo."""
    assert patient.push(visits=[visit_row()], photos=[photo_row()], spots=[SPOT | SAID]) == []
    return patient


@pytest.mark.both_databases
def test_a_place_comes_back_as_exactly_as_it_was_sent(marked):
    assert marked.pull()["changes"]["spots"]["updated"] == [SPOT | SAID]
    assert marked.push(spots=[SPOT | SAID]) == []
    assert marked.push(spots=[SPOT | {"still_there": False}]) == []
    assert marked.pull()["changes"]["spots"]["updated"] == [SPOT | SAID | {"still_there": False}]


def test_a_spot_goes_with_its_visit(marked):
    seen = marked.pull()["timestamp"]
    marked.send({"visits": {"deleted": ["visit-0001"]}})
    assert marked.pull(seen)["changes"]["spots"]["deleted"] == ["spot-0001"]


def test_a_spot_may_come_before_its_photo_and_never_after_its_visit_was_deleted(patient, visit_row):
    assert patient.push(spots=[SPOT | SAID]) == []
    patient.push(visits=[visit_row()])
    patient.send({"visits": {"deleted": ["visit-0001"]}})
    (verdict,) = patient.push(spots=[SPOT | {"id": "spot-0002"}])
    assert verdict["code"] == "gone"


def test_who_may_not_see_photos_is_told_of_no_spot(marked, dermatologist):
    marked.share_with(dermatologist, scope="records")
    assert "spots" not in dermatologist.get(f"{marked.timeline}/sync").json["changes"]


@pytest.mark.parametrize("column", ["x", "y"])
@pytest.mark.parametrize("wrong", [-0.001, 1.001, "0.5", True, None, [0.5]])
def test_a_place_outside_the_photo_or_of_another_kind_is_refused(column, wrong):
    with pytest.raises(Invalid, match=f"^{column}: "):
        values_of(SPOTS, SPOT | {column: wrong})
