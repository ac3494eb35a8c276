"""What clients sent on a recorded day is answered for ever as it was then.

Each file is one patient with two phones, as the named client sent it: a newer app writes a row of every table; an
older one, which knows no check-ins and neither dose nor notes, ends the course and adds a visit; the newer one writes
half an emoji and deletes that visit; the older one is updated. `answered` are the ids that came, `refused` those that
were not taken, `held` what the server has of it at the end; columns that are newer than the record are null.
"""

import json
from pathlib import Path

import pytest

RECORDED = sorted((Path(__file__).parent / "recorded").glob("*.json"))


def answered(answer):
    """The ids of a page or of documents, and its cursor."""
    if "documents" in answer:
        return sorted(row["id"] for row in answer["documents"]), answer["checkpoint"]
    ids = [row["id"] for table in answer["changes"].values() for row in table["updated"]]
    return sorted([*ids, *(id for table in answer["changes"].values() for id in table["deleted"])]), answer["timestamp"]


def refused(answer):
    verdicts = answer["rejected"] if isinstance(answer, dict) else [{**row, **row["_refused"]} for row in answer]
    return [[verdict["id"], verdict["code"]] for verdict in verdicts]


def with_newer(rows, held):
    """The recorded rows, with null in columns that the record is too old for."""
    return {id: {**dict.fromkeys(held.get(id, {})), **row} for id, row in rows.items()}


@pytest.mark.both_databases
@pytest.mark.parametrize("file", RECORDED, ids=lambda file: file.stem)
def test_a_recorded_client_is_answered_as_it_was(patient, file):
    recorded = json.loads(file.read_text())
    phones = {"newer": patient, "older": patient.on_another_device()}
    for request in recorded["requests"]:
        phone, address = phones[request["device"]], f"{patient.timeline}{request['path']}"
        answer = phone.call(request["method"], address, query_string=request["query"], json=request.get("body"))
        assert answer.status_code == 200, answer.json
        if request["method"] == "GET":
            assert answered(answer.json) == (request["answered"], request["cursor"])
        else:
            assert refused(answer.json) == request["refused"]
    changes = patient.pull()["changes"]
    held = {table: {row["id"]: row for row in part["updated"]} for table, part in changes.items() if part["updated"]}
    assert held == {table: with_newer(rows, held[table]) for table, rows in recorded["held"].items()}
