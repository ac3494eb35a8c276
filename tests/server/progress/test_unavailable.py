"""A visit that cannot be judged has no result anywhere; its reason stands in its place."""

from typing import Any

import pytest

DARK = {"code": "dark", "message": "The photo is dark, and spots are lost in it. Face a window."}
UNJUDGED = {"papules": 0, "iga": 0, "unavailable": DARK}


@pytest.fixture
def spoilt(patient: Any, followed: Any) -> Any:
    """A patient whose third of four visits, and the last one, cannot be judged."""
    followed(patient, {"papules": 36, "iga": 3}, {"papules": 35, "iga": 3}, UNJUDGED, UNJUDGED)
    return patient


def test_no_fhir_observation_is_made_of_it(spoilt: Any) -> None:
    entries = spoilt.get(f"{spoilt.timeline}/fhir").json["entry"]
    observed = [e["resource"] for e in entries if e["resource"]["resourceType"] == "Observation"]
    counts = [o["valueInteger"] for o in observed if o["code"]["coding"][0]["code"] == "inflammatory"]
    assert counts == [36, 35]


def test_the_pages_say_why_and_compare_the_visits_before(spoilt: Any, browse: Any) -> None:
    client = browse(spoilt)
    progress = client.get(f"/timelines/{spoilt.timeline_id}").text
    assert progress.count("Not judged: The photo is dark") >= 2
    assert "cannot be told" in progress or "on the face" in progress
    assert "Half of the baseline" not in progress
    visit = client.get(f"/timelines/{spoilt.timeline_id}/visits/visit-0003").text
    assert "cannot be judged" in visit and "Face a window." in visit
    assert "Grades" not in visit
