"""The API keeps to its document, whatever is sent; many thousand requests more are in `tests/soak/contract.py`."""

import pytest

from tests.contract import hold

pytestmark = pytest.mark.slow

SEED = 20260302
ALLOWED = {200, 201, 204, 304, 400, 401, 403, 404, 405, 409, 410, 412, 413, 415, 416, 422}


@pytest.fixture
def known(patient, visit_row, photo_row, jpeg):
    """Ids of the patient that random text would never hit; the device is not the one that asks."""
    patient.push(visits=[visit_row()], photos=[photo_row(jpeg)])
    patient.put(f"{patient.timeline}/photos/photo-0001", data=jpeg, content_type="image/jpeg")
    ids = {"timeline_id": patient.timeline_id, "photo_id": "photo-0001", "table": "visits", "line": "lesions"}
    return {**ids, "device_id": patient.on_another_device().device_id}


@pytest.mark.filterwarnings("ignore")  # Of the tool's own; answers that nobody closes are closed when collected.
def test_every_operation_keeps_to_the_document(app, patient, known):
    app.testing = False
    outcome = hold(app, patient.token, known, examples=5, seed=SEED)
    assert not outcome.failures, "\n\n".join(outcome.failures[:5])
    documented = app.test_client().get("/openapi.json").json["paths"]
    operations = {
        f"{method.upper()} {path}" for path, item in documented.items() for method in item.keys() - {"parameters"}
    }
    assert {label for label, _ in outcome.statuses} == operations
    assert {status for _, status in outcome.statuses} <= ALLOWED
    assert patient.get("/v1/account").status_code == 200  # The token held to the end: the answers were not all 401.
    taken = {label for label, status in outcome.statuses if status < 300}
    assert len(taken) >= 20
    ran = {"ignored_auth", "negative_data_rejection", "not_a_server_error", "response_schema_conformance"}
    assert all(outcome.checks[name] > 500 for name in ran | {"unsupported_method", "content_type_conformance"})
