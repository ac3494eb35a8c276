"""What was once taken wrongly, where it lies beside this checkout; each case has its like in the other tests."""

import json
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest

from server.foundation import db
from server.progress.progress import progress_of
from server.progress.series import chart_points
from server.progress.words.lines import extent
from server.timeline.models import Timeline

CASES = Path(__file__).parents[3] / "shared" / "cases"


@pytest.fixture
def case():
    """What a case says: by its name."""

    def read(name):
        if not (CASES / name).is_file():
            pytest.skip("no cases beside this checkout (../shared/cases)")
        text = (CASES / name).read_text()
        return json.loads(text) if name.endswith(".json") else text

    return read


@pytest.fixture
def visited(manifest, app, patient, visit_row, assessment_row, assessed):
    """Pushes an assessed visit a moment and returns the progress: `visited(["2026-03-01T08:00:00+01:00", 30], …)`."""

    def push(*moments):
        for number, (moment, papules) in enumerate(moments):
            result = assessed(papules=papules)
            model = {f"model_{name}": value for name, value in result["model"].items()}
            said = {"visit_id": f"visit-{number:04}", "recorded_at": moment, "result": json.dumps(result), **model}
            rows = {"visits": [visit_row(f"visit-{number:04}", recorded_at=moment)]}
            assert patient.push(**rows, assessments=[assessment_row(f"assess-{number:04}", **said)]) == []
        with app.app_context():
            return progress_of(db.session().get_one(Timeline, patient.timeline_id))

    return push


def test_a_course_that_an_older_app_ends_keeps_dose_and_note(case, patient):
    first, then = case("older-app-ends-a-course.json").values()
    assert patient.send(first) == []
    assert patient.send(then, patient.pull()["timestamp"]) == []
    (course,) = patient.pull()["changes"]["treatment_courses"]["updated"]
    assert (course["dose"], course["note"], course["stopped_on"]) == ("0.1 %", "every other night", "2026-04-01")


def test_watermelondbs_documented_pull_is_answered(case, patient):
    method, address, _ = case("watermelondb-documented-pull.http").splitlines()[0].split(" ")
    assert patient.call(method, address.format(timeline=patient.timeline_id)).status_code == 200


def test_offsets_that_fhir_does_not_have_are_refused(case, patient, visit_row):
    moments = case("fhir-offsets.json")
    rows = [visit_row(f"visit-{number:04}", recorded_at=moment) for number, moment in enumerate(moments)]
    assert [verdict["code"] for verdict in patient.push(visits=rows)] == ["invalid"] * len(moments)


def test_across_the_date_line_the_axis_does_not_run_back(case, visited):
    progress = visited(*((moment, 20) for moment in case("dateline.json")))
    days = [point.day for point in chart_points(progress)]
    assert len(days) == 2 and all(one <= next for one, next in pairwise(days))
    assert "-" not in extent(progress) and "−" not in extent(progress)


def test_a_visit_of_a_phones_clock_in_2099_is_not_the_latest(case, visited, clock):
    (moments,) = case("phone-clock-in-2099.json").values()
    clock.instant = datetime.fromisoformat("2026-03-23T09:30:00+00:00")
    progress = visited(*moments)
    assert progress.latest.id == f"visit-{len(moments) - 2:04}"
    assert [visit.at for visit in progress.doubted] == [datetime.fromisoformat(moments[-1][0])]


def test_half_is_not_said_to_be_reached_beside_no_change(case, visited, clock, browse, patient):
    (moments,) = case("half-without-a-change.json").values()
    clock.instant = datetime.fromisoformat("2026-03-09T09:30:00+00:00")
    progress = visited(*moments)
    page = browse(patient).get(f"/timelines/{patient.timeline_id}").text
    assert progress.latest.id == f"visit-{len(moments) - 1:04}"
    assert "tell no change" in page and "was reached" not in page
