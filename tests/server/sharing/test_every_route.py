"""Every route of the OpenAPI document, called by everybody who may not."""

import pytest

BODIES = {
    "/v1/timelines/{timeline_id}/sync": {"visits": {"created": [], "deleted": ["visit-0001"]}},
    "/v1/timelines/{timeline_id}/rx/{table}/push": [{"newDocumentState": {"id": "visit-0001", "_deleted": True}}],
    "/v1/timelines/{timeline_id}/grants": {"invitation": True},
    "/v1/timelines/{timeline_id}/notes": {"text": "Dry around the mouth."},
}
DERMATOLOGISTS = {
    ("post", "/v1/timelines/{timeline_id}/notes"),
    ("delete", "/v1/timelines/{timeline_id}/grants/mine"),
}
"""What a dermatologist may write: their notes, and that they leave."""
PUBLIC = {
    ("post", "/v1/accounts"),
    ("post", "/v1/devices"),
    ("post", "/v1/recovery"),
    ("get", "/healthz"),
    ("get", "/readyz"),
}
METHODS = ("get", "post", "put", "patch", "delete")


@pytest.fixture
def routes(client):
    paths = client.get("/openapi.json").json["paths"]
    return [(method, path) for path, item in paths.items() for method in METHODS if method in item]


@pytest.fixture
def timeline_routes(routes):
    found = [(method, path) for method, path in routes if "{timeline_id}" in path]
    assert len(found) >= 8
    return found


def call(person, method, path, timeline_id):
    others = dict.fromkeys(("grant_id", "invitation_id", "upload_id"), "0" * 32)
    address = path.format(timeline_id=timeline_id, photo_id="photo-0001", table="visits", **others)
    body = {"data": b"x"} if method == "put" else {"json": BODIES.get(path, {})} if method == "post" else {}
    return person.call(method.upper(), address, **body)


def said(answer):
    """All of an answer but the number of its request."""
    headers = {name: value for name, value in answer.headers.items() if name != "X-Request-Id"}
    return {**answer.json, "request_id": None}, headers


def test_without_a_token_every_route_but_the_public_ones_is_401(client, routes):
    for method, path in set(routes) - PUBLIC:
        address = path.replace("{", "").replace("}", "")
        answer = client.open(address, method=method.upper())
        assert (answer.status_code, answer.json["code"]) == (401, "unauthenticated"), (method, path)


def test_anothers_timeline_looks_on_every_route_as_one_that_does_not_exist(
    patient, other_patient, dermatologist, timeline_routes, visit_row
):
    patient.push(visits=[visit_row()])
    for stranger in (other_patient, dermatologist):
        for method, path in timeline_routes:
            theirs = call(stranger, method, path, patient.timeline_id)
            nobodys = call(stranger, method, path, "f" * 32)
            assert theirs.status_code == 404, (method, path)
            assert said(theirs) == said(nobodys), (method, path)
    assert patient.pull()["changes"]["visits"]["deleted"] == []


def test_an_ended_grant_is_403_on_every_route(patient, dermatologist, timeline_routes):
    grant = patient.share_with(dermatologist)
    patient.delete(f"{patient.timeline}/grants/{grant}")
    for method, path in timeline_routes:
        answer = call(dermatologist, method, path, patient.timeline_id)
        assert (answer.status_code, answer.json["code"]) == (403, "grant_ended"), (method, path)


def test_a_dermatologist_writes_on_no_route_but_their_own(patient, dermatologist, timeline_routes):
    patient.share_with(dermatologist)
    assert set(timeline_routes) >= DERMATOLOGISTS
    for method, path in set(timeline_routes) - DERMATOLOGISTS:
        if method != "get":
            answer = call(dermatologist, method, path, patient.timeline_id)
            assert (answer.status_code, answer.json["code"]) == (403, "owner_only"), (method, path)


def test_the_document_says_which_error_shape_to_expect(client):
    document = client.get("/openapi.json").json
    assert document["openapi"].startswith("3.")
    assert "code" in document["components"]["schemas"]["Problem"]["properties"]


def test_the_document_describes_the_delivery_of_models(client):
    paths = client.get("/openapi.json").json["paths"]
    manifest = paths["/v1/models/{line}/manifest"]["get"]
    file = paths["/v1/models/{line}/{version}/files/{name}"]["get"]
    assert {given["name"] for given in manifest["parameters"]} == {"platform", "app_version", "held"}
    assert {"200", "304", "404", "410", "422"} <= manifest["responses"].keys()
    assert {"200", "206", "410", "416"} <= file["responses"].keys()


def test_the_document_says_which_routes_want_a_token(client, routes):
    document = client.get("/openapi.json").json
    open_routes = {(m, p) for m, p in routes if document["paths"][p][m].get("security") != [{"token": []}]}
    assert open_routes == PUBLIC
    assert document["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
