"""Every route by which a dermatologist can read a patient writes down that they did."""

import re

import pytest

pytestmark = pytest.mark.both_databases

READS = {
    "/v1/timelines",
    "/v1/timelines/<timeline_id>/sync",
    "/v1/timelines/<timeline_id>/photos/<photo_id>",
    "/v1/timelines/<timeline_id>/fhir",
    "/patients",
    "/timelines/<timeline_id>",
    "/timelines/<timeline_id>/visits/<visit_id>",
    "/timelines/<timeline_id>/photos/<photo_id>",
    "/timelines/<timeline_id>/report",
    "/timelines/<timeline_id>/fhir.json",
}


@pytest.fixture
def shared(patient, dermatologist, visit_row, photo_row, jpeg, assessment_row):
    patient.push(visits=[visit_row()], photos=[photo_row(jpeg)], assessments=[assessment_row()])
    patient.put(f"{patient.timeline}/photos/photo-0001", data=jpeg, content_type="image/jpeg")
    patient.share_with(dermatologist)
    return patient


def count(patient):
    return patient.pull()["access_log"]["count"]


def test_every_read_of_a_patient_is_an_entry(app, shared, dermatologist, browse):
    pages, recorded = browse(dermatologist), set()
    ids = {"timeline_id": shared.timeline_id, "photo_id": "photo-0001", "visit_id": "visit-0001", "table": "visits"}
    for rule in sorted(app.url_map.iter_rules(), key=str):
        if "GET" not in rule.methods:
            continue
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda match: ids.get(match[1], "unknown-0001"), rule.rule)
        before = count(shared)
        answer = dermatologist.get(path) if path.startswith("/v1/") else pages.get(path)
        of_the_patient = "timeline_id" in rule.arguments or shared.timeline_id.encode() in answer.data
        read = answer.status_code == 200 and of_the_patient
        answer.close()
        assert (rule.rule, count(shared)) == (rule.rule, before + read)
        recorded |= {rule.rule} if read else set()
    assert recorded >= READS
