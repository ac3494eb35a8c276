import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from server.foundation import db
from server.progress.change import undetectable
from server.progress.progress import Progress, VisitUnknown, progress_of
from server.progress.words import caveats, change_line, since_baseline, verdicts
from server.timeline.assessment import Model
from server.timeline.charted import switch_chart
from server.timeline.models import Timeline

pytestmark = pytest.mark.both_databases

Read = Callable[..., Progress]


@pytest.fixture
def read(app: Flask, patient: Any) -> Iterator[Read]:
    with app.app_context():
        yield lambda baseline=None: progress_of(db.session().get_one(Timeline, patient.timeline_id), baseline)


def test_visits_are_in_the_order_they_happened(patient: Any, followed: Any, visit_row: Any, read: Read) -> None:
    followed(patient, {}, {})
    patient.push(visits=[visit_row("visit-early", recorded_at="2025-12-31T23:30:00-05:00")])
    assert [visit.id for visit in read().visits] == ["visit-early", "visit-0000", "visit-0001"]


def test_a_visit_has_the_date_it_had_for_the_patient(patient: Any, visit_row: Any, read: Read) -> None:
    patient.push(visits=[visit_row(recorded_at="2026-01-01T00:30:00+13:00")])
    assert read().visits[0].day.isoformat() == "2026-01-01"


def test_a_deleted_visit_is_gone(patient: Any, followed: Any, read: Read) -> None:
    followed(patient, {}, {})
    patient.send({"visits": {"deleted": ["visit-0000"]}})
    assert [visit.id for visit in read().visits] == ["visit-0001"]


def test_an_amended_visit_is_shown_once(patient: Any, visit_row: Any, read: Read) -> None:
    patient.push(visits=[visit_row(), visit_row("visit-0002", amends="visit-0001", note="corrected")])
    assert [visit.note for visit in read().visits] == ["corrected"]


def test_the_newest_assessment_of_a_visit_counts(
    patient: Any, followed: Any, assessment_row: Any, assessed: Any, read: Read
) -> None:
    followed(patient, {"papules": 30})
    again = assessment_row("assess-again", visit_id="visit-0000", result=json.dumps(assessed(papules=7)))
    assert patient.push(assessments=[again]) == []
    assert read().visits[0].assessment.counts["inflammatory"].value == 7


def test_a_fall_beyond_the_minimal_detectable_change_is_called_fewer(patient: Any, followed: Any, read: Read) -> None:
    followed(patient, {"papules": 36, "iga": 3}, {"papules": 9, "iga": 1})
    verdict = verdicts(read())["inflammatory"]
    assert (verdict.says, verdict.tone) == ("Fewer than at the baseline: 36\u00a0→\u00a09\u00a0(−75\u00a0%)", "better")
    assert change_line(since_baseline(read())) == "Since 5 Jan 2026: fewer, 36\u00a0→\u00a09\u00a0(−75\u00a0%)."


def test_a_difference_within_the_minimal_detectable_change_is_not_called_a_change(
    patient: Any, followed: Any, read: Read
) -> None:
    followed(patient, {"papules": 12}, {"papules": 9})
    verdict = verdicts(read())["inflammatory"]
    assert (verdict.says, verdict.tone) == ("No detectable change: 12\u00a0→\u00a09", "same")


def test_no_change_is_stated_between_different_models(patient: Any, followed: Any, read: Read) -> None:
    other = {"id": "lesions", "version": "1.0.0", "sha256": "cd" * 32}
    followed(patient, {"papules": 36, "model": other}, {"papules": 9})
    assert verdicts(read())["inflammatory"].because == "The visits were assessed by different models."


def test_change_is_measured_among_the_visits_of_the_latest_ones_model(patient: Any, followed: Any, read: Read) -> None:
    other = {"id": "lesions", "version": "1.0.0", "sha256": "cd" * 32}
    followed(patient, {"papules": 64, "model": other}, {"papules": 36}, {"papules": 64, "model": other}, {"papules": 9})
    progress = read()
    assert [progress.apart(visit) for visit in progress.visits] == [True, False, True, False]
    assert change_line(since_baseline(progress)) == "Since 12 Jan 2026: fewer, 36\u00a0→\u00a09\u00a0(−75\u00a0%)."
    assert undetectable(progress.baseline, progress.visits) is not None


def test_an_assessment_that_the_server_made_is_not_shown_before_the_chart_switches(
    patient: Any, followed: Any, assessment_row: Any, assessed: Any, read: Read
) -> None:
    followed(patient, {"papules": 30})
    new = {"id": "lesions", "version": "9.9.0", "sha256": "ef" * 32}
    columns = {f"model_{name}": value for name, value in new.items()}
    said = json.dumps(assessed(papules=7, model=new))
    assert (
        patient.push(assessments=[assessment_row("server-made", visit_id="visit-0000", result=said, **columns)]) == []
    )
    assert read().visits[0].assessment.counts["papule"].value == 30
    with db.write():
        switch_chart(patient.timeline_id, Model(**new))
    assert read().visits[0].assessment.counts["papule"].value == 7


def test_no_change_is_stated_for_a_model_of_unknown_error(patient: Any, followed: Any, read: Read) -> None:
    other = {"id": "lesions", "version": "1.0.0", "sha256": "cd" * 32}
    followed(patient, {"papules": 36, "model": other}, {"papules": 9, "model": other})
    assert read().change.counts == {}
    assert "not known here" in change_line(since_baseline(read()))


def test_change_is_over_the_zones_of_both_visits_and_says_so(patient: Any, followed: Any, read: Read) -> None:
    nose = {"nose": {"comedo": 0, "papule": 4, "pustule": 0, "nodule": 0}}
    followed(patient, {"papules": 36}, {"papules": 4, "zones": nose})
    assert "captured in both visits: nose." in verdicts(read())["inflammatory"].because


def test_the_range_of_no_detectable_change_is_even_on_the_square_root_scale(
    patient: Any, followed: Any, read: Read
) -> None:
    followed(patient, {"papules": 36}, {"papules": 4})
    low, high = undetectable(read().baseline, read().visits)
    assert (low, high) == pytest.approx(((6 - 1.96 * 2**0.5 * 0.4) ** 2, (6 + 1.96 * 2**0.5 * 0.4) ** 2))


def test_no_range_is_drawn_across_visits_of_different_zones(patient: Any, followed: Any, read: Read) -> None:
    followed(patient, {"papules": 36}, {"zones": {"nose": {"papule": 4}}})
    assert undetectable(read().baseline, read().visits) is None


def test_any_assessed_visit_can_be_the_baseline(patient: Any, followed: Any, read: Read) -> None:
    followed(patient, {"papules": 36}, {"papules": 9}, {"papules": 36})
    assert verdicts(read("visit-0001"))["inflammatory"].tone == "worse"
    with pytest.raises(VisitUnknown):
        read("visit-of-somebody")


def test_a_fall_is_never_said_to_come_from_the_treatment(patient: Any, followed: Any, read: Read) -> None:
    followed(patient, {"papules": 36}, {"papules": 2})
    said = " ".join(caveats(read()))
    assert "A fall does not show that a treatment works" in said
    assert "provisional, from 31 repeated captures of 4 people" in said
    assert "lesions 9.8.7" in said and "not a diagnosis" in said


def test_a_timeline_without_visits_has_nothing_to_say(read: Read) -> None:
    assert (read().latest, read().change, change_line(since_baseline(read()))) == (None, None, "Not assessed yet.")
