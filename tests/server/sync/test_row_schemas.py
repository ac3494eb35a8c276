"""The rows' published schemas: one source, what they take the server takes, and what they refuse it refuses."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from marshmallow import ValidationError

from server.sync.row_schemas import FILE, row_schemas, text
from server.sync.tables import TABLES, Kind, Table

WRITABLE = [table for table in TABLES if table.kind is not Kind.SERVER_OWNED]
INSTANT = "2026-03-01T08:30:00+01:00"
ROWS: dict[str, dict[str, Any]] = {
    "visits": {
        **{"id": "visit-0001", "recorded_at": INSTANT, "guided": True, "frames": 3},
        **{"note": None, "amends": "visit-0000"},
    },
    "photos": {
        "id": "photo-0001",
        "visit_id": "visit-0001",
        "view": "left",
        "media_type": "image/webp",
        "sha256": "0" * 64,
        "width_px": 3,
        "height_px": 4,
        "uploaded": False,
        "kept_anyway": True,
        "amends": None,
    },
    "spots": {
        **{"id": "spot-0001", "visit_id": "visit-0001", "photo_id": "photo-0001", "x": 0.25, "y": 1},
        **{"still_there": False, "note": "dark"},
    },
    "treatment_courses": {
        "id": "course-0001",
        "name": "Adapalene",
        "kind": "topical",
        "dose": None,
        "started_on": "2026-01-05",
        "stopped_on": None,
        "stop_reason": None,
        "note": "stings",
    },
    "intakes": {
        "id": "intake-0001",
        "course_id": "course-0001",
        "recorded_at": INSTANT,
        "taken": True,
        "amount": None,
        "amends": None,
    },
    "check_ins": {
        "id": "check-in-1",
        "recorded_at": INSTANT,
        "itch": 0,
        "pain": 10,
        "mood": None,
        "bother": 4,
        "note": "",
    },
    "side_effects": {
        **{"id": "effect-0001", "what": "dry lips", "severity": 2, "course_id": None},
        **{"started_on": "2026-01-05", "ended_on": None, "note": None},
    },
    "reminders": {
        "id": "reminder-1",
        "title": "Wash",
        "course_id": None,
        "time_of_day": "07:30",
        "weekdays": "135",
        "active": False,
    },
    "profiles": {"id": "the-profile", "skin_type": 6, "sex": "other"},
}
VALUES: tuple[Any, ...] = (
    *(None, True, -1, 0, 1, 6, 7, 10, 11, 100_000, 100_001, 0.5, [], {}, "", "1", "A" * 65, "a" * 64, "a" * 201),
    *("a" * 10_001, "the-profile", "left", "oral", "male", "image/png", "2026-03-01", "2026-13-01", "24:00", "23:59"),
    *("531", "7", "8", INSTANT, "2026-03-01T08:30:00", "2026-03-01T08:30:00Z", "visit 0001"),
)


def refused(table: Table, row: Any) -> bool:
    try:
        table.schema.load(row)
    except ValidationError:
        return True
    return False


def changed(row: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the row with one column's value replaced, one left out, and one too many."""
    for column in row:
        yield {name: row[name] for name in row if name != column}
        truth = isinstance(row[column], bool)  # The server reads 0 and 1 too, as databases write them.
        yield from ({**row, column: value} for value in VALUES if not (truth and type(value) is int))
    yield {**row, "colour": "red"}


def test_the_file_for_apps_is_what_the_server_has() -> None:
    assert FILE.read_text(encoding="utf-8") == text(), "Write it anew by python -m server.sync.row_schemas"


def test_every_table_has_a_schema_of_all_its_columns() -> None:
    schemas = row_schemas()
    assert {name: tuple(schema["properties"]) for name, schema in schemas.items()} == {
        table.name: table.columns for table in TABLES
    }
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("table", [table for table in WRITABLE if table.long is None], ids=lambda table: table.name)
def test_the_schema_takes_and_refuses_what_the_server_does(table: Table) -> None:
    checker = Draft202012Validator.FORMAT_CHECKER
    validator = Draft202012Validator(row_schemas()[table.name], format_checker=checker)
    row = ROWS[table.name]
    assert (list(validator.iter_errors(row)), refused(table, row)) == ([], False)
    rows = list(changed(row))
    apart = [row for row in rows if validator.is_valid(row) == refused(table, row)]
    assert apart == []
    assert len({json.dumps(row) for row in rows}) > 100


def test_what_an_app_finds_by_refusal_otherwise_is_said() -> None:
    schemas = row_schemas()
    assert schemas["profiles"]["properties"]["id"]["enum"] == ["the-profile"]
    assert schemas["reminders"]["properties"]["weekdays"]["examples"] == ["135"]
    assert schemas["visits"]["properties"]["recorded_at"]["format"] == "date-time"
    assert schemas["check_ins"]["properties"]["itch"] == {
        "type": ["integer", "null"],
        "default": None,
        "minimum": 0,
        "maximum": 10,
    }
    assert schemas["photos"]["properties"]["uploaded"]["readOnly"]
    assert schemas["grants"]["readOnly"]


def references(part: Any) -> Iterator[str]:
    """Yield every reference in a part of the document."""
    if isinstance(part, dict):
        if isinstance(reference := part.get("$ref"), str):
            yield reference
        yield from (name for value in part.values() for name in references(value))
    elif isinstance(part, list):
        yield from (name for value in part for name in references(value))


PARTS = {"Changes": "row", "PulledPage": "row", "WriteRow": "document", "PulledDocuments": "document"}
"""The bodies of pulls and pushes, and what each refers to."""


@pytest.fixture
def components(client: Any) -> dict[str, Any]:
    """The schemas of the OpenAPI document."""
    return dict(client.get("/openapi.json").json["components"]["schemas"])


@pytest.mark.parametrize("part", PARTS)
def test_the_document_refers_to_every_row_where_it_is_pulled_and_pushed(components: Any, part: str) -> None:
    rows = {f"#/components/schemas/{table.name}.{PARTS[part]}" for table in TABLES}
    assert rows <= set(references(components[part]))


def test_every_reference_in_the_document_leads_somewhere(client: Any, components: Any) -> None:
    named = {name for name in references(client.get("/openapi.json").json) if "/schemas/" in name}
    assert named == {f"#/components/schemas/{name}" for name in components} & named


def test_the_document_has_the_rows_of_the_file(components: Any) -> None:
    assert {table.name: components[f"{table.name}.row"] for table in TABLES} == json.loads(FILE.read_text())


@pytest.mark.parametrize("path", ["sync", *(f"rx/{table.name}/pull" for table in WRITABLE)])
def test_what_is_pulled_is_as_the_document_says(patient: Any, assessment_row: Any, components: Any, path: str) -> None:
    rows = {name: [{**row, "amends": None} if "amends" in row else row] for name, row in ROWS.items()}
    assert patient.push(**rows, assessments=[assessment_row()]) == []
    name = "PulledPage" if path == "sync" else "PulledDocuments"
    validator = Draft202012Validator(
        {"$ref": f"#/components/schemas/{name}", "components": {"schemas": components}},
        format_checker=Draft202012Validator.FORMAT_CHECKER,
    )
    answer = patient.get(f"{patient.timeline}/{path}").json
    assert list(validator.iter_errors(answer)) == []
    assert answer["changes"]["visits"] if path == "sync" else answer["documents"]


def test_the_schema_of_an_assessment_is_served_to_anybody(client: Any) -> None:
    answer = client.get("/v1/schemas/assessment.json")
    assert (answer.status_code, answer.json["title"]) == (200, "Assessment of one visit")
    assert row_schemas()["assessments"]["properties"]["result"]["externalDocs"]["url"] == "/v1/schemas/assessment.json"
