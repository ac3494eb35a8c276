"""Dates are data: a phone's clock may be wrong, and no calendar makes a chart run back or a sentence absurd."""

import json
import re
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.foundation import db
from server.progress.drawn import drawn_progress
from server.progress.following import Followed
from server.progress.progress import Progress, progress_of
from server.progress.records import VisitRecord
from server.progress.words.lines import extent
from server.timeline.assessment import read_assessment
from server.timeline.models import Timeline, Visit


@pytest.fixture
def read(app, patient):
    with app.app_context():
        yield lambda: progress_of(db.session().get_one(Timeline, patient.timeline_id))


@pytest.fixture
def visited(patient, visit_row, assessment_row, assessed):
    """Pushes one assessed visit a moment: `visited(("2026-03-01T08:00:00+01:00", 30), …)`."""

    def push(*moments):
        for number, (moment, papules) in enumerate(moments):
            result = assessed(papules=papules)
            model = {f"model_{name}": value for name, value in result["model"].items()}
            row = {"visit_id": f"visit-{number:04}", "recorded_at": moment, "result": json.dumps(result), **model}
            visit = visit_row(f"visit-{number:04}", recorded_at=moment)
            assert patient.push(visits=[visit], assessments=[assessment_row(f"assess-{number:04}", **row)]) == []

    return push


WEEKS = [("2026-02-01T08:00:00+01:00", 30), ("2026-02-08T08:00:00+01:00", 27), ("2026-02-15T08:00:00+01:00", 24)]


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param("2099-01-01T08:00:00+01:00", id="a phone's clock in 2099"),
        pytest.param("2026-03-03T10:00:00+00:00", id="more than a day after it was received"),
        pytest.param("1970-01-01T00:10:00+00:00", id="a clock that was reset"),
        pytest.param("2569-03-01T08:00:00+07:00", id="the Buddhist year"),
        pytest.param("2008-07-01T08:00:00+09:00", id="the year of an era, read as 2008"),
        pytest.param("0008-03-01T08:00:00+09:00", id="the year of an era, as it is"),
    ],
)
def test_a_date_that_can_not_be_right_is_kept_and_shown_apart(followed, visited, read, patient, browse, moment):
    visited(*WEEKS, (moment, 29))
    progress = read()
    assert [visit.day.isoformat() for visit in progress.visits] == ["2026-02-01", "2026-02-08", "2026-02-15"]
    assert [visit.at for visit in progress.doubted] == [datetime.fromisoformat(moment)]
    assert (progress.baseline.id, progress.latest.id) == ("visit-0000", "visit-0002")
    browser = browse(patient)
    page = browser.get(f"/timelines/{patient.timeline_id}").text
    assert "Check the date" in page
    assert "3 visits in 2 weeks, the last on 15 February 2026" in page
    visit_page = browser.get(f"/timelines/{patient.timeline_id}/visits/visit-0003").text
    assert "Check the date" in visit_page


@pytest.mark.parametrize(
    "moment",
    ["2026-03-03T09:00:00+00:00", "2026-03-03T22:30:00+14:00", "2016-06-01T08:00:00+00:00"],
    ids=["a clock a little ahead", "a time zone ahead", "a photo from years before the account"],
)
def test_a_date_that_can_be_right_counts(manifest, visited, read, moment):
    visited(*WEEKS, (moment, 29))
    assert read().doubted == ()
    assert len(read().visits) == 4


def test_an_amendment_confirms_a_date_or_corrects_it(manifest, visited, read, patient, visit_row):
    far = "2099-01-01T08:00:00+01:00"
    visited(*WEEKS, (far, 29))
    corrected = visit_row("visit-corrected", recorded_at="2026-02-22T08:00:00+01:00", amends="visit-0003")
    patient.push(visits=[corrected])
    assert ([visit.id for visit in read().visits][-1], read().doubted) == ("visit-corrected", ())
    again = visit_row("visit-far-again", recorded_at=far, amends="visit-corrected")
    patient.push(visits=[again])
    assert [visit.id for visit in read().doubted] == ["visit-far-again"], "another date was never confirmed"
    patient.push(visits=[visit_row("visit-confirmed", recorded_at=far, amends="visit-far-again")])
    assert ([visit.id for visit in read().visits][-1], read().doubted) == ("visit-confirmed", ())


def test_the_moment_of_receipt_is_the_first_and_leaves_with_the_visit(app, patient, visit_row, clock, read):
    received = clock.now()
    patient.push(visits=[visit_row()])
    clock.pass_by(days=100)
    patient.push(visits=[visit_row()])
    with app.app_context():
        assert db.session().get_one(Visit, (patient.timeline_id, "visit-0001")).received_at == received
    patient.send({"visits": {"deleted": ["visit-0001", "visit-never-seen"]}})
    with app.app_context():
        rows = [db.session().get_one(Visit, (patient.timeline_id, i)) for i in ("visit-0001", "visit-never-seen")]
        assert [(row.deleted, row.received_at) for row in rows] == [(True, None), (True, None)]


@pytest.mark.parametrize(
    "moment",
    ["2026-03-01T08:00:00+23:59", "2026-03-08T08:00:00+01:00:30", "2026-03-01T08:00:00-14:01"],
)
def test_a_moment_that_no_other_system_reads_is_refused_by_its_id(patient, visit_row, moment):
    (refused,) = patient.push(visits=[visit_row(recorded_at=moment), visit_row("visit-0002")])
    assert (refused["id"], refused["code"]) == ("visit-0001", "invalid")
    assert len(patient.pull()["changes"]["visits"]["updated"]) == 1


def test_across_the_date_line_nothing_runs_back(manifest, visited, read, patient, browse):
    visited(("2026-03-02T01:00:00+14:00", 20), ("2026-03-01T13:00:00-10:00", 18))
    assert "−" not in extent(read())
    page = browse(patient).get(f"/timelines/{patient.timeline_id}").text
    assert "2 visits in less than a week" in page
    assert not re.search(r"[-−]\d+ weeks", page)


ZONES = st.integers(-14 * 4, 14 * 4).map(lambda quarters: timezone(timedelta(minutes=15 * quarters)))
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))
NEAR = st.builds(
    lambda start, hours: [start + timedelta(hours=h) for h in hours], MOMENTS, st.lists(st.integers(0, 60))
)


@given(moments=st.one_of(st.lists(MOMENTS, max_size=8), NEAR), zones=st.lists(ZONES, min_size=80, max_size=80))
def test_over_any_calendar_axis_and_sentences_go_forward(assessed, moments, zones):
    result = read_assessment(json.dumps(assessed()))
    instants = sorted(moment.astimezone(zone) for moment, zone in zip(moments, zones, strict=False))
    visits = tuple(
        VisitRecord(f"visit-{number:04}", at, True, None, (), result, f"a-{number}")
        for number, at in enumerate(instants)
    )
    progress = Progress("timeline", "Kim", visits, (), None, Followed(), model=result.model)
    words = extent(progress)
    assert not re.search(r"[-−]\d|\b1 (visits|weeks)\b|\b0 weeks\b", words)
    weeks = [progress.week_of(visit) for visit in visits]
    assert weeks == sorted(weeks)
    assert not weeks or weeks[0] == 0
    drawn = drawn_progress(progress)
    if drawn is None:
        assert not visits
        return
    root = ET.fromstring(str(drawn.wide))
    assert not re.search(r"\b1 visits\b", "".join(root.itertext()))
    places = [float(mark.get("x1")) for mark in root.iter() if "whisker" in (mark.get("class") or "")]
    half = places[: len(visits)]
    assert all(before <= after for before, after in pairwise(half))
