"""One bad record stops nothing: it is refused alone, by its id, and the rest of its push and all later ones arrive."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.foundation.http.json_text import is_text, parse_records
from server.sync.reading import values_of, whole_row
from server.sync.tables import TABLES, Kind
from server.sync.verdict import Rejected

WHEN = "2026-03-01T08:30:00+01:00"
WRITTEN = {table.name: table for table in TABLES if table.kind is not Kind.SERVER_OWNED}

OF_A_CHECK_IN = {
    "half an emoji": b'"note": "xxxxxxxxx\\ud83d"',
    "the other half": b'"note": "\\ude00"',
    "halves the wrong way round": b'"note": "\\ude00\\ud83d"',
    "NUL": b'"note": "a\\u0000b"',
    "text that is not UTF-8": b'"note": "caf\xe9"',
    "a surrogate in UTF-8": b'"note": "\xed\xa0\xbd"',
    "a float": b'"itch": 6.0',
    "an exponent": b'"itch": 1e0',
    "NaN": b'"itch": NaN',
    "infinity": b'"itch": -Infinity',
    "a float without end": b'"itch": 1e999',
    "an integer without end": b'"itch": ' + b"9" * 5000,
    "text for a number": b'"itch": "3"',
    "true for a number": b'"itch": true',
    "a number for text": b'"note": 3',
    "an object for text": b'"note": {"text": "x", "more": ["\\ud83d"]}',
    "a list for a moment": b'"recorded_at": []',
    "a moment that is none": b'"recorded_at": "2026-02-30T08:30:00+01:00"',
    "null for a moment": b'"recorded_at": null',
    "an extra column": b'"colour": "red"',
    "an extra column of half a name": b'"\\ud83d": 1',
    "an amended id that is inherited": b'"amends": "__proto__"',
}
UNKNOWN_COLUMNS = (OF_A_CHECK_IN["an extra column"], OF_A_CHECK_IN["an extra column of half a name"])
WITHOUT_AN_ID = [
    b"3",
    b"null",
    b'"visit-0001"',
    b"[]",
    b"{}",
    b'{"id": 7}',
    b'{"id": null}',
    b'{"id": {"id": 1}}',
    b"NaN",
]
IDS = ["........", "__proto__", "constructor", "hasOwnProperty", "short", "half-\ud83d-id", "nul-\0-id", "x" * 65]


def check_in(id, more=b""):
    return b'{"id": %b, "recorded_at": "%b"%b}' % (json.dumps(id).encode(), WHEN.encode(), more and b", " + more)


def living(person, table="check_ins"):
    return {row["id"] for row in person.pull()["changes"][table]["updated"]}


@pytest.mark.parametrize("wrong", OF_A_CHECK_IN.values(), ids=OF_A_CHECK_IN)
def test_what_cannot_be_read_is_refused_by_its_column(wrong):
    record = parse_records(check_in("check-0001", wrong))
    with pytest.raises(Rejected) as refused:
        values_of(WRITTEN["check_ins"], record)
    (column,) = parse_records(b"{%b}" % wrong)
    assert refused.value.text.startswith(f"{column}: " if is_text(column) else "\\ud83d: ")
    assert refused.value.code == ("unknown_column" if wrong in UNKNOWN_COLUMNS else "invalid")


@pytest.mark.parametrize(
    ("column", "value"), [("width_px", b"600.0"), ("width_px", b"1e2"), ("height_px", b"NaN"), ("height_px", b"6e2")]
)
def test_the_side_of_a_photo_is_a_whole_number(photo_row, column, value):
    record = parse_records(json.dumps(photo_row(**{column: "?"})).encode().replace(b'"?"', value))
    with pytest.raises(Rejected, match=f"{column}: Not a valid integer"):
        values_of(WRITTEN["photos"], record)


@pytest.mark.both_databases
def test_in_a_push_full_of_bad_records_each_is_refused_and_all_others_arrive(patient, protocol):
    bad = [(f"check-1{n:03}", wrong) for n, wrong in enumerate(OF_A_CHECK_IN.values())]
    good = [f"check-2{n:03}" for n in range(len(bad))]
    texts = [
        text for (id, wrong), fine in zip(bad, good, strict=True) for text in (check_in(id, wrong), check_in(fine))
    ]
    codes = ["unknown_column" if wrong in UNKNOWN_COLUMNS else "invalid" for wrong in OF_A_CHECK_IN.values()]
    assert protocol.push_texts(patient, "check_ins", texts) == [
        (id, code) for (id, _), code in zip(bad, codes, strict=True)
    ]
    assert living(patient) == {*good}
    assert protocol.push_texts(patient, "check_ins", [check_in(id) for id, _ in bad]) == []
    assert living(patient) == {*good, *(id for id, _ in bad)}


def test_what_has_no_id_is_refused_alone_under_null(patient, protocol):
    texts = [check_in("check-0001"), *WITHOUT_AN_ID, check_in("check-0002")]
    assert set(protocol.push_texts(patient, "check_ins", texts)) == {(None, "invalid")}
    assert living(patient) == {"check-0001", "check-0002"}


def test_the_detail_says_which_one_had_no_id_and_watermelondb_is_told_of_none(patient):
    body = {"visits": {"created": [3], "updated": [{}], "deleted": [7, "visit-0001"]}, "moods": {"created": [{}]}}
    answer = patient.post(f"{patient.timeline}/sync", json=body)
    assert answer.status_code == 200
    verdicts = [(verdict["table"], verdict["id"], verdict["detail"][:17]) for verdict in answer.json["rejected"]]
    assert verdicts == [("visits", None, f"The {n}. of visits ") for n in (1, 2, 3)] + [
        ("moods", None, "This server has n")
    ]
    assert answer.json["experimentalRejectedIds"] == {}
    assert patient.pull()["changes"]["visits"]["deleted"] == ["visit-0001"]


@pytest.mark.both_databases
def test_an_id_that_is_none_is_refused_alone_and_comes_back_as_it_was_sent(patient, protocol):
    refused = [(id, "invalid") for id in IDS]
    assert protocol.push_texts(patient, "check_ins", [*map(check_in, IDS), check_in("check-0001")]) == refused
    assert living(patient) == {"check-0001"}
    answer = patient.post(f"{patient.timeline}/sync", json={"check_ins": {"deleted": [*IDS, "check-0001"]}})
    assert [verdict["id"] for verdict in json.loads(answer.data)["rejected"]] == IDS
    assert living(patient) == set()


def test_the_detail_names_the_column_and_says_what_to_do(patient):
    body = b'{"check_ins": {"created": [%b]}}' % check_in("check-0001", OF_A_CHECK_IN["half an emoji"])
    (verdict,) = patient.post(f"{patient.timeline}/sync", data=body, content_type="application/json").json["rejected"]
    assert verdict["detail"].startswith("note: ")
    assert "half of a character" in verdict["detail"] and "cut between characters" in verdict["detail"]


ROWS = [
    b"3",
    b"null",
    b"{}",
    b'{"newDocumentState": 3}',
    b'{"newDocumentState": []}',
    b'{"newDocumentState": {"id": 7}}',
    b'{"newDocumentState": {"id": "check-0002"}, "assumedMasterState": 3}',
    b'{"newDocumentState": {"id": "check-0002"}, "assumedMasterState": ""}',
    b'{"newDocumentState": {"id": "check-0002"}, "assumedMasterState": {"_deleted": 1}}',
    b'{"newDocumentState": {"id": "check-0002", "_deleted": "no"}}',
    b'{"newDocumentState": {"id": "check-0002"}, "more": 1}',
    b'{"newDocumentState": {"id": "no id", "_deleted": true}}',
]


def test_a_row_of_rxdb_that_is_none_is_refused_alone(patient):
    address = f"{patient.timeline}/rx/check_ins/push?why=true"
    for number, row in enumerate(ROWS):
        good = b'{"newDocumentState": %b}' % check_in(f"check-1{number:03}")
        answer = patient.post(address, data=b"[%b, %b]" % (row, good), content_type="application/json")
        assert [document["_refused"]["code"] for document in answer.json] == ["invalid"], row
    assert len(living(patient)) == len(ROWS)


def test_an_assumed_state_that_cannot_be_read_has_seen_nothing(patient, course_row):
    patient.push(treatment_courses=[course_row()])
    assumed = b'{"id": "course-0001", "note": "\\ud83d"}'
    row = b'{"assumedMasterState": %b, "newDocumentState": {"id": "course-0001", "dose": "x"}}' % assumed
    address = f"{patient.on_another_device().timeline}/rx/treatment_courses/push?why=true"
    answer = patient.on_another_device().post(address, data=b"[%b]" % row, content_type="application/json")
    assert [document["_refused"]["code"] for document in answer.json] == ["conflict"]


WHOLE = [
    b"",
    b"{",
    b'{"visits": {"created": [{"id": "visit-0001"]}}',
    b"[" * 100_000,
    b"\xff\xfe{}",
    b'{"visits": nan}',
]


def test_a_body_that_is_no_json_is_400_and_writes_nothing(patient):
    for body in WHOLE:
        for address in ("sync", "rx/visits/push"):
            answer = patient.post(f"{patient.timeline}/{address}", data=body, content_type="application/json")
            assert (answer.status_code, answer.json["code"]) == (400, "malformed_json"), body[:50]
    assert living(patient, "visits") == set()


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(name=st.sampled_from(sorted(WRITTEN)), data=st.data())
def test_whatever_a_column_holds_its_record_is_read_or_refused(full_rows, name, data):
    table, row = WRITTEN[name], full_rows[name]
    column = data.draw(st.sampled_from([*row, "more"]))
    sent = {**row, column: data.draw(junk)} if column != "id" else row
    try:
        values = whole_row(table, values_of(table, sent))
    except Rejected as reason:
        assert reason.text.startswith(f"{column}: ")
        assert is_text(reason.text)
    else:
        json.dumps(table.to_wire(values), ensure_ascii=False, allow_nan=False).encode()


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(records=st.lists(st.booleans() | junk, min_size=1, max_size=6), changed=st.data())
def test_whatever_else_is_in_a_push_what_is_good_arrives(patient, protocol, records, changed):
    """True stands for a good record; a bad one is anything, or a good one with anything in a column."""
    sent, bad = [], 0
    seen = len(living(patient))
    for number, each in enumerate(records):
        row = {"id": f"check-{seen:04}-{number:04}", "recorded_at": WHEN}
        if each is True:
            sent.append(row)
        else:
            bad += 1
            sent.append({**row, changed.draw(st.sampled_from(["more", "recorded_at", "taken"])): each})
    rejected = protocol.push_texts(patient, "check_ins", [json.dumps(row).encode() for row in sent])
    assert len(rejected) == bad
    assert len(living(patient)) == seen + len(records) - bad
