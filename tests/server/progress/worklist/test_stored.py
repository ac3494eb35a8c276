"""The list is stored from view to view, and right after every write."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, event, select

from server.foundation import db
from server.pages.listing import Asked
from server.pages.patient_lines import Line, list_page
from server.people.accounts.models import User
from server.progress.worklist import stored
from server.progress.worklist.models import StoredSummary
from server.timeline.assessment import Model
from server.timeline.charted import switch_chart
from server.timeline.models import Timeline

pytestmark = pytest.mark.both_databases

OTHER = {"id": "lesions", "version": "1.0.0", "sha256": "cd" * 32}


@pytest.fixture
def patient(person: Any, followed: Any, dermatologist: Any, assessed: Any) -> Any:
    """Six weekly visits, shared; the last but one was assessed by another model too."""
    patient = person("patient", name="Robin")
    followed(patient, *[{"papules": n, "iga": 3} for n in (30, 24, 20, 16, 12, 6)])
    row = assessment_row("other-0001", "visit-0004", json.dumps(assessed(papules=50, iga=4, model=OTHER)), OTHER)
    assert patient.push(assessments=[row]) == []
    patient.share_with(dermatologist)
    return patient


def assessment_row(id: str, visit_id: str, result: str, model: dict[str, str]) -> dict[str, Any]:
    columns = {f"model_{name}": value for name, value in model.items()}
    return {"id": id, "visit_id": visit_id, "recorded_at": "2026-02-20T08:30:00+01:00", "result": result, **columns}


@pytest.fixture
def lines(app: Flask, dermatologist: Any) -> Callable[[], list[Line]]:
    """Reads the list as the page does."""

    def read() -> list[Line]:
        with app.app_context():
            return list(list_page(db.session().get_one(User, dermatologist.id), Asked()).lines)

    return read


@pytest.fixture
def reading(app: Flask) -> Callable[[], Any]:
    """Collects the statements that read what assessments say."""

    @contextmanager
    def collect() -> Iterator[list[str]]:
        statements: list[str] = []

        def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
            if "assessments.result" in statement:
                statements.append(statement)

        engine = app.extensions["acnetrack.engine"]
        event.listen(engine, "before_cursor_execute", note)
        yield statements
        event.remove(engine, "before_cursor_execute", note)

    return collect


def visit(id: str, **columns: Any) -> dict[str, Any]:
    return {"id": id, "recorded_at": "2026-02-20T08:30:00+01:00", "guided": True, **columns}


def pushed(**tables: Any) -> Callable[[Any, Flask], None]:
    def write(patient: Any, _app: Flask) -> None:
        assert patient.send(tables, patient.pull()["timestamp"]) == []

    return write


COURSE = {
    "id": "course-0001",
    "name": "Adapalene",
    "kind": "topical",
    "dose": None,
    "started_on": "2026-01-20",
    "stopped_on": None,
    "note": None,
}


def charted(patient: Any, app: Flask) -> None:
    first, *_ = patient.pull()["changes"]["assessments"]["updated"]
    with app.app_context(), db.write():
        switch_chart(patient.timeline_id, Model(first["model_id"], first["model_version"], first["model_sha256"]))


def assessed_again(patient: Any, _app: Flask) -> None:
    (row,) = [row for row in patient.pull()["changes"]["assessments"]["updated"] if row["id"] == "other-0001"]
    assert patient.push(assessments=[{**row, "id": "other-0002", "visit_id": "visit-0005"}]) == []


WRITES = {
    "a visit comes": pushed(visits={"created": [visit("visit-0009")]}),
    "a visit is amended": pushed(
        visits={"created": [visit("visit-0009", amends="visit-0005", recorded_at="2026-04-01T08:30:00+01:00")]}
    ),
    "a visit goes": pushed(visits={"deleted": ["visit-0005"]}),
    "an assessment comes": assessed_again,
    "an assessment goes": pushed(assessments={"deleted": ["assessment-0005"]}),
    "the chart switches to another model": charted,
    "a treatment begins": pushed(treatment_courses={"created": [COURSE]}),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())
def test_the_list_is_right_after(app: Flask, patient: Any, lines: Any, write: Any) -> None:
    before = lines()
    write(patient, app)
    after = lines()
    assert after != before
    with app.app_context(), db.write() as session:
        session.execute(delete(StoredSummary))
    assert lines() == after


def test_a_backup_that_comes_back_with_the_same_number_of_writes_is_read_anew(
    app: Flask, patient: Any, lines: Any, reading: Any
) -> None:
    lines()
    with app.app_context(), db.write() as session:
        session.get_one(Timeline, patient.timeline_id).epoch += 1
    with reading() as statements:
        lines()
    assert statements


def test_nothing_is_read_again_until_what_a_verdict_rests_on_is_written(patient: Any, lines: Any, reading: Any) -> None:
    first = lines()
    patient.push(check_ins=[{"id": "check-0001", "recorded_at": "2026-02-20T08:30:00+01:00"}])
    with reading() as statements:
        assert lines() == first
    assert statements == []


def test_another_format_is_read_anew(patient: Any, lines: Any, reading: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (first,) = lines()
    monkeypatch.setattr(stored, "FORMAT", stored.FORMAT + 1)
    with reading() as statements:
        (anew,) = lines()
    assert (statements != [], anew.summary) == (True, first.summary)
    with reading() as statements:
        assert lines() == [anew]
    assert statements == []


PHONES, OTHERS = "lesions 9.8.7 (abababababab)", "lesions 1.0.0 (cdcdcdcdcdcd)"
FORMAT_4 = {
    "standing": {"iga": 3, "inflammatory": 6, "trend": "same", "said": "A change cannot be told yet"},
    "last_visit": "2026-02-09",
    "counts": [
        {"day": day, "inflammatory": {"value": value, "low": low, "high": high}, "model": model}
        for day, value, low, high, model in [
            ("2026-01-05", 30, 15, 63, PHONES),
            ("2026-01-12", 24, 12, 51, PHONES),
            ("2026-01-19", 20, 10, 43, PHONES),
            ("2026-01-26", 16, 8, 35, PHONES),
            ("2026-02-02", 50, 25, 103, OTHERS),
            ("2026-02-09", 6, 3, 15, PHONES),
        ]
    ],
    "said": "Since the start, 5 Jan 2026: A change cannot be told yet.",
    "flags": [],
}
"""What is stored of `patient` in format 3. Where it has to change, `FORMAT` is raised with it."""


def test_numbers_are_stored_and_the_page_draws_them(app: Flask, lines: Any, patient: Any) -> None:
    (line,) = lines()
    with app.app_context():
        (summary,) = db.session().scalars(select(StoredSummary.line))
    assert (stored.FORMAT, json.loads(summary)) == (4, FORMAT_4)
    assert line.sparkline.startswith("<svg")
