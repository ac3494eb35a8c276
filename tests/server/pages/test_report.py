from typing import Any

import pytest

pytestmark = pytest.mark.both_databases


def test_the_report_has_the_change_the_chart_and_every_figure(patient: Any, followed: Any, browse: Any) -> None:
    followed(patient, {"papules": 36, "iga": 3}, {"papules": 20}, {"papules": 9, "iga": 1})
    page = browse(patient).get(f"/timelines/{patient.timeline_id}/report").text
    assert "fewer on the face" in page
    assert 'class="chart progress"' in page
    assert page.count('<th scope="row">') >= 3
    assert "ab" * 32 in page


def test_the_report_keeps_the_baseline_that_was_chosen(patient: Any, followed: Any, browse: Any) -> None:
    followed(patient, *[{"papules": number} for number in (36, 30, 9, 36)])
    client, here = browse(patient), f"/timelines/{patient.timeline_id}"
    assert f"{here}/report?baseline=visit-0001" in client.get(f"{here}?baseline=visit-0001").text
    assert "as chosen" in client.get(f"{here}/report?baseline=visit-0001").text


def test_the_report_has_no_photos_where_none_are_shared(
    patient: Any, followed: Any, photo_row: Any, dermatologist: Any, browse: Any
) -> None:
    followed(patient, {}, {})
    patient.push(photos=[photo_row(visit_id="visit-0000")])
    patient.share_with(dermatologist, scope="records")
    page = browse(dermatologist).get(f"/timelines/{patient.timeline_id}/report").text
    assert "Photos" not in page


def test_reading_a_report_is_recorded(patient: Any, followed: Any, dermatologist: Any, browse: Any) -> None:
    followed(patient, {}, {})
    patient.share_with(dermatologist)
    browse(dermatologist).get(f"/timelines/{patient.timeline_id}/report")
    assert [r["what"] for r in patient.get(f"{patient.timeline}/accesses").json["accesses"]] == ["report"]
