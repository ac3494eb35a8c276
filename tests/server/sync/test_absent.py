"""A column that was not sent is unchanged, and null is null: phones of every age share a timeline."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.sync.reading import values_of, whole_row
from server.sync.tables import TABLES, Kind
from server.sync.verdict import Invalid

WRITTEN = {table.name: table for table in TABLES if table.kind is not Kind.SERVER_OWNED}
CHANGES = {
    "treatment_courses": {"name": "Tretinoin"},
    "side_effects": {"severity": 3},
    "spots": {"still_there": False},
    "reminders": {"title": "Gel"},
    "profiles": {"skin_type": 3},
}
MUTABLE = sorted(CHANGES)
COLUMNS = [(name, column) for name, table in WRITTEN.items() for column in table.columns if column != "id"]


def held(person, table):
    (row,) = person.pull()["changes"][table]["updated"]
    return row


def without(row, *columns):
    return {name: value for name, value in row.items() if name not in columns}


@pytest.mark.both_databases
@pytest.mark.parametrize("table", WRITTEN)
def test_a_row_of_fewer_columns_is_the_same_content_or_changes_those_alone(patient, protocol, full_rows, table):
    full = full_rows[table]
    assert protocol.push(patient, table, full) == []
    known = patient.pull()["timestamp"]
    for column in full.keys() - {"id"}:
        assert protocol.push(patient, table, without(full, column)) == []
    assert (held(patient, table), patient.pull()["timestamp"]) == (full, known)
    for column in full.keys() - {"id", *CHANGES.get(table, ())} if table in CHANGES else ():
        changed = without(full, column) | CHANGES[table]
        assert protocol.push(patient, table, changed) == []
        assert held(patient, table) == full | CHANGES[table]
        assert protocol.push(patient, table, full) == []


@pytest.mark.parametrize("table", MUTABLE)
def test_null_empties_a_column_that_may_be_empty_and_is_refused_of_another(patient, protocol, full_rows, table):
    full = full_rows[table]
    protocol.push(patient, table, full)
    for column in full.keys() - {"id"}:
        emptied = full | {column: None}
        if column in WRITTEN[table].needed:
            assert protocol.push(patient, table, emptied) == [(full["id"], "invalid")]
        else:
            assert protocol.push(patient, table, emptied) == []
            assert held(patient, table) == emptied
            assert protocol.push(patient, table, full) == []


@pytest.mark.parametrize("table", sorted(WRITTEN.keys() - CHANGES.keys()))
def test_of_an_append_only_row_the_columns_that_were_sent_are_compared(patient, protocol, full_rows, table):
    full = full_rows[table]
    protocol.push(patient, table, full)
    optional = [column for column in full if column not in (*WRITTEN[table].needed, "uploaded")]
    for column in optional:
        other = {"amends": "another-one", "note": "other", "amount": "2 g", "kept_anyway": None}.get(column, 9)
        assert protocol.push(patient, table, {"id": full["id"], column: other}) == [(full["id"], "immutable")]
    assert held(patient, table) == full


@pytest.mark.both_databases
@pytest.mark.parametrize("table", ["visits", "intakes", "check_ins"])
def test_an_amendment_leaves_the_columns_that_were_not_sent_as_the_row_has_them_that_it_amends(
    patient, protocol, full_rows, table
):
    full, needed = full_rows[table], WRITTEN[table].needed
    said = {name: value for name, value in full.items() if name in needed and name != "id"}
    emptied = next(name for name in full if name not in (*needed, "amends"))
    first = {"id": "amend-0001", "amends": full["id"], **said}
    second = {"id": "amend-0002", "amends": "amend-0001", **said, emptied: None}
    assert protocol.push(patient, table, second, full, first) == []
    rows = {row["id"]: row for row in patient.pull()["changes"][table]["updated"]}
    assert rows["amend-0001"] == full | {"id": "amend-0001", "amends": full["id"]}
    assert rows["amend-0002"] == full | {"id": "amend-0002", "amends": "amend-0001", emptied: None}
    known = patient.pull()["timestamp"]
    assert protocol.push(patient, table, first, second) == []
    assert patient.pull()["timestamp"] == known


@pytest.mark.parametrize(("name", "column"), COLUMNS)
def test_a_new_row_lacks_nothing_that_it_needs(full_rows, name, column):
    table, row = WRITTEN[name], full_rows[name]
    values = values_of(table, without(row, column))
    if column in table.needed:
        with pytest.raises(Invalid, match=f"{column}: Missing"):
            whole_row(table, values)
    else:
        expected = {"uploaded": False}.get(column)
        assert table.to_wire(whole_row(table, values)) == row | {column: expected}


def test_an_app_that_knows_neither_dose_nor_note_ends_a_course(patient, protocol):
    first = {"id": "course-oc01", "name": "Adapalene", "kind": "topical", "dose": "0.1 %", "started_on": "2026-03-01"}
    first |= {"stopped_on": None, "stop_reason": "too_much_effort", "note": "every other night"}
    protocol.push(patient, "treatment_courses", first)
    older = patient.on_another_device()
    seen = older.pull()["timestamp"]
    ended = without(first, "dose", "note") | {"stopped_on": "2026-04-01"}
    assert older.send({"treatment_courses": {"updated": [ended]}}, seen) == []
    assert held(patient, "treatment_courses") == first | {"stopped_on": "2026-04-01"}


def test_columns_have_to_fit_those_that_were_not_sent(patient, protocol, full_rows):
    full = full_rows["treatment_courses"]
    protocol.push(patient, "treatment_courses", full)
    later = {"id": full["id"], "started_on": "2026-06-01"}
    assert protocol.push(patient, "treatment_courses", later) == [(full["id"], "invalid")]
    assert protocol.push(patient, "treatment_courses", later | {"stopped_on": None}) == []
    assert held(patient, "treatment_courses") == full | {"started_on": "2026-06-01", "stopped_on": None}


class Documents:
    """Courses as RxDB pushes them."""

    def __init__(self, person):
        self.person = person

    def push(self, assumed, new):
        body = [{"assumedMasterState": assumed, "newDocumentState": {"_deleted": False, **new}}]
        answer = self.person.post(f"{self.person.timeline}/rx/treatment_courses/push", json=body)
        return [(document["dose"], document["_deleted"]) for document in answer.json]


@pytest.fixture
def seen_by_older(patient, full_rows):
    """A course whose dose another device changed after an older one, which knows no dose, had pulled it."""
    course = full_rows["treatment_courses"]
    patient.push(treatment_courses=[course])
    older = patient.on_another_device()
    patient.send({"treatment_courses": {"updated": [course | {"dose": "0.3 %"}]}})
    return older, without(course, "dose")


def test_an_assumed_state_is_compared_by_its_columns(patient, seen_by_older):
    older, known = seen_by_older
    assert Documents(older).push(known, known | {"stopped_on": None}) == []
    assert (held(patient, "treatment_courses")["dose"], held(patient, "treatment_courses")["stopped_on"]) == (
        "0.3 %",
        None,
    )


def test_an_assumed_state_that_does_not_name_what_is_changed_has_not_seen_it(seen_by_older):
    older, known = seen_by_older
    assert Documents(older).push(known, known | {"dose": None}) == [("0.3 %", False)]


@pytest.mark.parametrize("assumed", [{}, {"id": "course-0001"}, {"_deleted": False}])
def test_an_assumed_state_of_no_column_has_seen_nothing(seen_by_older, assumed):
    older, known = seen_by_older
    assert Documents(older).push(assumed, known | {"stopped_on": None}) == [("0.3 %", False)]
    assert Documents(older).push(assumed, known | {"_deleted": True}) == [("0.3 %", False)]


VALUES = {
    "dose": (None, "0.1 %", "0.3 %"),
    "note": (None, "stings"),
    "stopped_on": (None, "2026-05-01", "2026-06-01"),
    "name": ("Adapalene", "Tretinoin"),
    "kind": ("topical", "oral"),
}
some_columns = st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in VALUES.items()})


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pushes=st.lists(some_columns, min_size=1, max_size=4))
def test_whatever_columns_are_sent_the_others_are_as_they_were(patient, protocol, full_rows, pushes):
    expected = full_rows["treatment_courses"]
    assert protocol.push(patient, "treatment_courses", expected) == []
    for columns in pushes:
        assert protocol.push(patient, "treatment_courses", {"id": expected["id"], **columns}) == []
        expected = expected | columns
        assert held(patient, "treatment_courses") == expected


@given(table=st.sampled_from(sorted(WRITTEN)), data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_read_of_a_row_is_what_was_sent(full_rows, table, data):
    full = full_rows[table]
    sent = data.draw(st.sets(st.sampled_from(sorted(full.keys() - {"id"}))))
    values = values_of(WRITTEN[table], {"id": full["id"], **{name: full[name] for name in sent}})
    assert values.keys() == {"id", *sent} - WRITTEN[table].server_columns.keys()
