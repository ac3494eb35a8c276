"""What the server adds to a timeline follows the rules that a client's rows follow."""

import pytest

from server.foundation import db
from server.sync.appending import append
from server.sync.verdict import Gone, Immutable, Invalid
from server.timeline.lock import locked
from server.timeline.models import Assessment

pytestmark = pytest.mark.both_databases


@pytest.fixture
def add(app, patient):
    """Appends an assessment as the server."""

    def append_one(row):
        with app.app_context(), db.write() as session:
            append(session, locked(patient.timeline_id), "assessments", row)

    return append_one


def test_a_row_of_the_server_has_its_own_place_in_the_log_and_no_device(app, patient, visit_row, assessment_row, add):
    patient.push(visits=[visit_row()])
    cursor = patient.pull()["timestamp"]
    add(assessment_row())
    page = patient.pull(cursor)
    assert [row["id"] for row in page["changes"]["assessments"]["updated"]] == ["assess-0001"]
    assert page["timestamp"] == cursor + 1
    with app.app_context():
        assert db.session().get_one(Assessment, (patient.timeline_id, "assess-0001")).device_id is None


def test_the_same_row_again_changes_nothing_and_another_of_its_id_is_refused(patient, visit_row, assessment_row, add):
    patient.push(visits=[visit_row()])
    add(assessment_row())
    before = patient.pull()["timestamp"]
    add(assessment_row())
    with pytest.raises(Immutable):
        add(assessment_row(model_version="0.2.0"))
    assert patient.pull()["timestamp"] == before


def test_nothing_is_added_to_a_visit_that_was_deleted(patient, visit_row, assessment_row, add):
    patient.push(visits=[visit_row()])
    patient.send({"visits": {"deleted": ["visit-0001"]}})
    with pytest.raises(Gone):
        add(assessment_row())


def test_what_is_no_assessment_is_not_added(patient, visit_row, assessment_row, add):
    patient.push(visits=[visit_row()])
    with pytest.raises(Invalid, match="result"):
        add(assessment_row(result="{}"))
    assert patient.pull()["changes"]["assessments"]["updated"] == []
