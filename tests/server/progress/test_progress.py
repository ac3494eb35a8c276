import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from server.foundation import db
from server.progress.progress import Progress, VisitUnknown, progress_of
from server.progress.words.caveats import caveats
from server.progress.words.lines import change_line
from server.progress.words.measures import verdicts
from server.progress.words.sentences import further
from server.progress.words.verdicts import answers, headline
from server.progress.words.visit import visit_words
from server.timeline.assessment import Model
from server.timeline.charted import switch_chart
from server.timeline.models import Timeline

pytestmark = pytest.mark.both_databases

Read = Callable[..., Progress]


@pytest.fixture
def read(app: Flask, patient: Any, clock: Any) -> Iterator[Read]:
    def progress(baseline: str | None = None, looked: datetime | None = None) -> Progress:
        return progress_of(db.session().get_one(Timeline, patient.timeline_id), baseline, looked)

    clock.pass_by(days=90)  # All visits of a test are of the past.
    with app.app_context():
        yield progress


def counted(*numbers: int) -> list[dict[str, int]]:
    return [{"papules": number} for number in numbers]


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


FALL = counted(36, 37, 35, 30, 22, 15, 11, 9, 9)


def test_a_fall_that_all_visits_tell_is_called_fewer(patient: Any, followed: Any, course_row: Any, read: Read) -> None:
    followed(patient, *FALL)
    assert patient.push(treatment_courses=[course_row(started_on="2026-01-19")]) == []
    verdict = verdicts(read())["inflammatory"]
    assert (verdict.says, verdict.tone) == ("Fewer on the face", "better")
    assert "then. Clearly more than ordinary ups and downs." in verdict.because
    assert verdict.about == "Since the start, 19 Jan 2026"
    assert change_line(headline(read()), True) == "Since the start, 19 Jan 2026: Fewer on the face."


def test_two_photos_alone_tell_nothing(patient: Any, followed: Any, read: Read) -> None:
    followed(patient, *counted(60, 2))
    verdict = verdicts(read())["inflammatory"]
    assert (verdict.says, verdict.tone) == ("Too few visits to tell", "unknown")
    assert headline(read()) is None
    assert answers(read()) == []


def test_where_nothing_can_be_told_it_says_what_would_show(patient: Any, followed: Any, read: Read) -> None:
    followed(patient, *counted(12, 10, 13, 9))
    verdict = verdicts(read())["inflammatory"]
    assert (verdict.says, verdict.tone) == ("A change cannot be told yet", "same")
    assert re.search(r"A fall of \d\d\u00a0% or more would show by the 12th visit\.", verdict.because)


def test_a_relapse_is_what_is_read_first(patient: Any, followed: Any, course_row: Any, read: Read) -> None:
    followed(patient, *counted(40, 38, 41, 30, 20, 12, 8, 5, 4, 4, 3, 4, 9, 16, 21, 24, 25))
    dates = {"started_on": "2026-01-19", "stopped_on": "2026-03-23"}
    courses = [course_row(f"course-000{number}", **dates) for number in range(2)]
    assert patient.push(treatment_courses=courses) == []
    first = headline(read())
    assert first.tone == "worse"
    assert re.fullmatch(r"Relapse: [34] → 25 since \d+ Mar, five weeks after both drugs were stopped", first.says), (
        first.says
    )
    assert answers(read())[0].about.startswith("Since the best, ")
    assert answers(read())[0].says == "More on the face"


def test_the_visit_of_a_relapse_says_so_first(patient: Any, followed: Any, course_row: Any, read: Read) -> None:
    followed(patient, *counted(40, 38, 41, 30, 20, 12, 8, 5, 4, 4, 3, 4, 9, 16, 21, 24, 25))
    assert patient.push(treatment_courses=[course_row(started_on="2026-01-19", stopped_on="2026-03-23")]) == []
    progress = read()
    assert visit_words(progress, progress.visits[-1]).startswith(headline(progress).says)
    assert "Relapse" not in visit_words(progress, progress.visits[-2])


def test_a_rise_that_no_entered_change_explains_is_asked_about(patient: Any, followed: Any, read: Read) -> None:
    followed(patient, *counted(6, 5, 7, 6, 5, 6, 7, 5, 6, 6, 5, 6, 12, 20, 28, 36, 40, 41))
    said = " ".join(further(read(), patient=True))
    assert "and no change of treatment is entered: was something stopped?" in said


def test_the_tile_gives_the_number_and_the_level_with_their_bands_and_repeats_no_verdict(
    patient: Any, followed: Any, read: Read
) -> None:
    followed(patient, *FALL)
    tile = verdicts(read())["level"]
    assert re.fullmatch(r"About \d+ \(\d+–\d+\) on the face", tile.says)
    assert re.search(r"level behind the ups and downs is \d+ \(\d+–\d+\)\. 80", tile.because)
    assert tile.says not in headline(read()).because


def test_before_three_visits_the_tile_says_why_there_is_no_level(patient: Any, followed: Any, read: Read) -> None:
    followed(patient, *counted(60, 2))
    assert verdicts(read())["level"].says == "Too few visits to tell"


def test_it_is_said_when_a_change_was_first_told_and_that_the_level_was_never_lower(
    patient: Any, followed: Any, course_row: Any, read: Read
) -> None:
    followed(patient, *FALL)
    assert patient.push(treatment_courses=[course_row(started_on="2026-01-19")]) == []
    said = further(read(), patient=True)
    assert any(re.fullmatch(r"A change since the start was first told at the visit of \d+ \w+\.", one) for one in said)
    assert "The level was never lower than now." in said


def test_where_the_best_is_when_treatment_changed_one_answer_says_both(
    patient: Any, followed: Any, course_row: Any, read: Read
) -> None:
    followed(patient, *counted(40, 38, 41, 30, 20, 12, 8, 5, 4, 3, 9, 16, 21, 24, 25))
    assert patient.push(treatment_courses=[course_row(started_on="2026-01-19", stopped_on="2026-03-09")]) == []
    abouts = [answer.about for answer in answers(read())]
    assert "Since the best, 9 Mar 2026, when treatment last changed" in abouts


def test_a_relapse_without_an_entered_stop_is_asked_about(
    patient: Any, followed: Any, course_row: Any, read: Read
) -> None:
    followed(patient, *counted(40, 38, 41, 30, 20, 12, 8, 5, 4, 4, 3, 4, 9, 16, 21, 24, 25))
    course = course_row(started_on="2026-01-19")
    assert patient.push(treatment_courses=[course]) == []
    assert headline(read()).says.startswith("Relapse")
    assert any(sentence.endswith("was something stopped?") for sentence in further(read(), patient=True))
    assert patient.push(treatment_courses=[{**course, "stopped_on": "2026-03-23"}]) == []
    assert not any("was something stopped?" in sentence for sentence in further(read(), patient=True))


def test_half_is_reached_where_two_visits_running_tell_it(
    patient: Any, followed: Any, course_row: Any, read: Read
) -> None:
    followed(patient, *FALL)
    assert patient.push(treatment_courses=[course_row(started_on="2026-01-19")]) == []
    assert any("Half of the start’s number" in sentence for sentence in further(read(), patient=True))


def test_half_is_not_reached_by_one_low_photo(patient: Any, followed: Any, read: Read) -> None:
    followed(patient, *counted(36, 37, 35, 36, 37, 8))
    assert not any("Half of the start’s number" in sentence for sentence in further(read(), patient=True))


@pytest.mark.parametrize(("visits", "asked"), [(counted(20, 21), True), (FALL, False)], ids=["two", "nine"])
def test_who_has_no_treatment_is_asked_for_three_visits_until_they_are_there(
    visits: Any, asked: bool, patient: Any, followed: Any, read: Read
) -> None:
    followed(patient, *visits)
    said = further(read(), patient=True)
    assert any(sentence.startswith("Take three visits before a treatment starts") for sentence in said) is asked


def test_three_visits_before_a_treatment_are_asked_for(
    patient: Any, followed: Any, course_row: Any, read: Read
) -> None:
    followed(patient, *FALL)
    assert patient.push(treatment_courses=[course_row(started_on="2026-01-05")]) == []
    assert "Only one visit before the treatment began" in " ".join(further(read(), patient=True))


def test_the_outlook_is_given_in_numbers_to_a_dermatologist_and_in_words_to_the_patient(
    patient: Any, followed: Any, course_row: Any, read: Read
) -> None:
    followed(patient, *FALL)
    assert patient.push(treatment_courses=[course_row(name="Adapalene", started_on="2026-01-05")]) == []
    theirs, own = (" ".join(further(read(), patient=patient_reads)) for patient_reads in (False, True))
    assert re.search(r"mostly have \d+–\d+ inflamed spots at week 12", theirs)
    assert "inflamed spots at week 12" not in own
    assert "Provisional: simulated, on curves of trials that were not checked" in theirs
    assert "will" not in theirs.lower().split()


def test_no_outlook_is_given_for_isotretinoin(patient: Any, followed: Any, course_row: Any, read: Read) -> None:
    followed(patient, *FALL)
    assert patient.push(treatment_courses=[course_row(name="Isotretinoin 20 mg", started_on="2026-01-05")]) == []
    assert "week 12" not in " ".join(further(read(), patient=False))


def test_visits_of_another_model_are_compared_with_an_allowance(patient: Any, followed: Any, read: Read) -> None:
    other = {"id": "lesions", "version": "1.0.0", "sha256": "cd" * 32}
    followed(patient, *[{**visit, "model": other} for visit in FALL[:5]], *FALL[5:])
    broken = read().followed.told
    followed_by_one = [state.trend for state in broken.states]
    assert verdicts(read())["inflammatory"].says != "Cannot be compared"
    assert abs(followed_by_one[-1]) < 2.46


def test_the_chosen_visit_and_the_last_look_are_answered(patient: Any, followed: Any, read: Read) -> None:
    followed(patient, *FALL)
    seen = read("visit-0003", datetime(2026, 2, 10, tzinfo=UTC))
    first = headline(seen)
    abouts = {answer.about for answer in (*answers(seen), *([first] if first else []))}
    assert {"Since 26 Jan 2026, as chosen", "Since you last looked, visit of 9 Feb 2026"} <= abouts


def test_a_visit_says_what_was_to_be_told_at_it(patient: Any, followed: Any, read: Read) -> None:
    followed(patient, *FALL)
    progress = read()
    assert "At this visit: fewer than at the start" in visit_words(progress, progress.visits[-1])
    assert "At this visit" not in visit_words(progress, progress.visits[0])


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
    followed(patient, *[{**visit, "model": other} for visit in FALL])
    assert read().followed.told is None
    assert "not known here" in verdicts(read())["inflammatory"].because


def test_change_is_over_the_zones_of_all_visits_and_says_what_is_left_out(
    patient: Any, followed: Any, read: Read
) -> None:
    nose = {"nose": {"comedo": 0, "papule": 4, "pustule": 0, "nodule": 0}}
    followed(patient, *FALL, {"papules": 4, "zones": nose})
    assert len(read().followed.visits) == len(FALL)
    assert "One visit not compared: it does not show forehead, left cheek" in " ".join(further(read(), patient=True))


def test_success_is_a_probability(patient: Any, followed: Any, read: Read) -> None:
    followed(patient, {"papules": 36, "iga": 3}, {"papules": 2, "iga": 1})
    assert re.match(r"\d+\u00a0% probable that it is a success", verdicts(read())["IGA"].says)


def test_any_assessed_visit_can_be_the_baseline(patient: Any, followed: Any, read: Read) -> None:
    followed(patient, *FALL)
    assert read("visit-0001").baseline.id == "visit-0001"
    with pytest.raises(VisitUnknown):
        read("visit-of-somebody")


def test_a_fall_is_never_said_to_come_from_the_treatment(patient: Any, followed: Any, read: Read) -> None:
    followed(patient, {"papules": 36}, {"papules": 2})
    said = " ".join(caveats(read()))
    assert "Whether a treatment did it cannot be told" in said
    assert "provisional, from 31 repeated captures of 4 people" in said
    assert "something false" not in said  # None were simulated for this model.
    assert "lesions 9.8.7" in said and "not a diagnosis" in said


def test_a_timeline_without_visits_has_nothing_to_say(read: Read) -> None:
    assert (read().latest, headline(read()), change_line(None, False)) == (None, None, "Not assessed yet.")
