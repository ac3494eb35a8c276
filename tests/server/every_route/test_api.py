"""Every route of the OpenAPI document, called by everybody who may not; a new one fails here until it is described."""

from base64 import b64encode

import pytest

from server.foundation import db
from server.people.accounts.models import User
from server.people.credentials import devices

WRONG, RIGHT = "not the password", "correct horse battery"
BODIES = {
    "post /v1/account/recovery-codes": {"password": WRONG},
    "post /v1/account/second-factor": {"password": WRONG},
    "put /v1/account/second-factor": {"code": "000000"},
    "post /v1/account/second-factor/removal": {"password": WRONG, "code": "000000"},
    "put /v1/account/password": {"password": WRONG, "new_password": "another horse battery"},
    "post /v1/account/erasure": {"password": WRONG},
    "post /v1/guardian-invitations": {},
    "post /v1/guardianships": {"text_version": "1"},
    "put /v1/guardianships/{child_id}/consent": {"text_version": "1"},
    "post /v1/guardianships/{child_id}/grants": {"email": "dermatologist9@example.org"},
    "post /v1/guardianships/{child_id}/erasure": {"password": RIGHT},
    "put /v1/guardians/{guardian_id}": {"photos": True},
    "post /v1/grants": {"code": "2222-2222-2222"},
    "post /v1/timelines/{timeline_id}/sync": {"visits": {"created": [], "deleted": ["visit-0001"]}},
    "post /v1/timelines/{timeline_id}/rx/{table}/push": [{"newDocumentState": {"id": "visit-0001", "_deleted": True}}],
    "post /v1/timelines/{timeline_id}/grants": {"invitation": True},
    "post /v1/timelines/{timeline_id}/notes": {"text": "Dry around the mouth."},
}
"""What makes each request one that its owner could send."""
PART = "application/offset+octet-stream"
HEADERS = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Upload-Length": "10", "X-HTTP-Method-Override": "DELETE"}
PUBLIC = {
    "post /v1/accounts",
    "post /v1/devices",
    "post /v1/recovery",
    "get /v1/schemas/assessment.json",
    "get /v1/helplines",
    "get /healthz",
    "get /readyz",
}
METHODS = ("get", "head", "post", "put", "patch", "delete")
DERMATOLOGISTS = {"post /v1/timelines/{timeline_id}/notes", "delete /v1/timelines/{timeline_id}/grants/mine"}
"""What a dermatologist may write: their notes, and that they leave."""
STORING = {
    "post /v1/timelines/{timeline_id}/sync",
    "post /v1/timelines/{timeline_id}/rx/{table}/push",
    "put /v1/timelines/{timeline_id}/photos/{photo_id}",
    "post /v1/timelines/{timeline_id}/uploads",
    "patch /v1/timelines/{timeline_id}/uploads/{upload_id}",
    "post /v1/timelines/{timeline_id}/grants",
}
"""What would store or share something of a child."""
WITHOUT_IDS = {"platform": "ios", "app_version": "9.0.0"}


@pytest.fixture
def document(client):
    return client.get("/openapi.json").json


@pytest.fixture
def routes(document):
    described = [f"{method} {path}" for path, item in document["paths"].items() for method in METHODS if method in item]
    assert len(described) >= 50
    return described


@pytest.fixture
def ids(victim, patient):
    with patient.get("/v1/models/lesions/manifest", query_string=WITHOUT_IDS) as answer:
        manifest = answer.json
    return {**victim.ids, "line": "lesions", "version": manifest["version"], "name": next(iter(manifest["files"]))}


@pytest.fixture
def request_of(document, ids):
    """Makes the arguments of a route's request about the victim: `request_of("get /v1/…")`."""

    def make(route):
        method, path = route.split(" ", 1)
        described = document["paths"][path][method].get("requestBody", {}).get("content", {})
        arguments = {"method": method.upper(), "path": path.format(**ids), "query_string": WITHOUT_IDS}
        if not path.endswith("manifest"):
            del arguments["query_string"]
        if "application/json" in described:
            asked = {"invitation_id": ids["guardian_invitation_id"]} if route == "post /v1/guardianships" else {}
            arguments["json"] = {**BODIES[route], **asked} if asked else BODIES[route]
        elif described:
            arguments |= {"data": b"0123456789", "content_type": PART if PART in described else "image/jpeg"}
        asked = {each["name"] for each in document["paths"][path][method].get("parameters", ())} & HEADERS.keys()
        arguments["headers"] = {name: HEADERS[name] for name in asked}
        if "uploads" in path:
            arguments["headers"]["Upload-Metadata"] = ids["metadata"]
        return arguments

    return make


def send(client, arguments, token=None):
    headers = {**arguments["headers"], **({"Authorization": token} if token else {})}
    with client.open(**{**arguments, "headers": headers}) as answer:
        answer.get_data()
        return answer


def of_timeline(routes):
    its_routes = {route for route in routes if "{timeline_id}" in route}
    assert len(its_routes) >= 20
    return its_routes


def spoiled_tokens(app, patient, person):
    """Every kind of token that opens nothing any more, or never did."""
    revoked, erased = patient.on_another_device(), person("patient")
    patient.delete(f"/v1/devices/{revoked.device_id}")
    assert erased.post("/v1/account/erasure", json={"password": RIGHT}).status_code == 200
    with app.app_context():
        device, session_token = devices.sign_in(db.session().get(User, patient.id), "browser", "Web browser")
        assert device.kind == "browser"
    return {
        "none": None,
        "nonsense": "Bearer nonsense",
        "empty": "Bearer ",
        "a device's id": f"Bearer {patient.device_id}",
        "not a bearer's": f"Basic {b64encode(f'{patient.email}:{RIGHT}'.encode()).decode()}",
        "of another scheme": f"Token {patient.token}",
        "cut": f"Bearer {patient.token[:-1]}",
        "with more behind": f"Bearer {patient.token}x",
        "revoked": f"Bearer {revoked.token}",
        "of an erased account": f"Bearer {erased.token}",
        "a browser's": f"Bearer {session_token}",
    }


def test_no_route_opens_without_a_token_that_is_signed_in(app, victim, person, routes, request_of):
    tokens = spoiled_tokens(app, victim.person, person)
    before = victim.state()
    client = app.test_client()
    for route in set(routes) - PUBLIC:
        for kind, token in tokens.items():
            answer = send(client, request_of(route), token)
            head = route.startswith("head ")
            assert (answer.status_code, head or answer.json["code"]) == (401, head or "unauthenticated"), (route, kind)
            assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert victim.state() == before


def test_an_expired_token_opens_no_route(clock, victim, routes, request_of):
    requests = [request_of(route) for route in set(routes) - PUBLIC]
    clock.pass_by(days=200)
    for arguments in requests:
        answer = send(victim.person.client, arguments, f"Bearer {victim.person.token}")
        code = "token_expired" if arguments["method"] == "HEAD" else answer.json["code"]
        assert (answer.status_code, code) == (401, "token_expired"), arguments["path"]


def test_no_stranger_reaches_anything_on_any_route(victim, strangers, routes, request_of):
    before = victim.state()
    for who, stranger in strangers.items():
        for route in routes:
            if route not in PUBLIC:
                answer = send(stranger.client, request_of(route), f"Bearer {stranger.token}")
                assert answer.status_code < 500, (who, route)
                assert not [secret for secret in victim.secrets if secret in answer.data], (who, route)
                headers = [str(value).encode() for value in answer.headers.values()]
                assert not [s for s in victim.secrets if any(s in value for value in headers)], (who, route)
                if "_id}" in route:
                    assert answer.status_code == 404, (who, route)
    assert victim.state() == before


def shown(answer):
    """All of an answer but the number of its request."""
    headers = {name: value for name, value in answer.headers.items() if name != "X-Request-Id"}
    return answer.status_code, headers, {**answer.json, "request_id": None} if answer.data else None


def test_anothers_timeline_looks_on_every_route_as_one_that_does_not_exist(victim, strangers, routes, request_of):
    for route in of_timeline(routes):
        theirs = request_of(route)
        nobodys = {**theirs, "path": theirs["path"].replace(victim.ids["timeline_id"], "f" * 32)}
        for who, stranger in strangers.items():
            token = f"Bearer {stranger.token}"
            answers = send(stranger.client, theirs, token), send(stranger.client, nobodys, token)
            assert shown(answers[0]) == shown(answers[1]), (who, route)


def test_an_ended_grant_is_403_on_every_route(victim, routes, request_of):
    requests = {route: request_of(route) for route in of_timeline(routes)}
    victim.person.delete(f"{victim.person.timeline}/grants/{victim.ids['grant_id']}")
    for route, arguments in requests.items():
        answer = send(victim.clinician.client, arguments, f"Bearer {victim.clinician.token}")
        code = route.startswith("head ") or answer.json["code"]
        assert (answer.status_code, code) in ((403, "grant_ended"), (403, True)), route


def test_a_dermatologist_writes_on_no_route_but_their_own(victim, routes, request_of):
    before = victim.state()
    assert of_timeline(routes) >= DERMATOLOGISTS
    for route in of_timeline(routes) - DERMATOLOGISTS:
        if not route.startswith("get "):
            answer = send(victim.clinician.client, request_of(route), f"Bearer {victim.clinician.token}")
            code = route.startswith("head ") or answer.json["code"]
            assert (answer.status_code, code) in ((403, "owner_only"), (403, True)), route
    assert victim.state() == before


def test_with_the_records_alone_no_route_gives_a_photo(victim, routes, request_of):
    terms = {"email": victim.clinician.email, "scope": "records"}
    assert victim.person.post(f"{victim.person.timeline}/grants", json=terms).status_code == 201
    read = 0
    for route in of_timeline(routes):
        if route.startswith("get "):
            answer = send(victim.clinician.client, request_of(route), f"Bearer {victim.clinician.token}")
            assert victim.secrets[-1] not in answer.data, route
            assert b"width_px" not in answer.data, route
            read += answer.status_code == 200
            if "{photo_id}" in route:
                assert (answer.status_code, answer.json["code"]) == (403, "scope_too_narrow")
    assert read >= 3
    photos = victim.clinician.get(f"{victim.person.timeline}/rx/photos/pull")
    assert (photos.status_code, photos.json["code"]) == (404, "unknown_table")


def test_a_guardian_reads_nothing_of_the_timeline(victim, routes, request_of):
    for route in of_timeline(routes):
        answer = send(victim.guardian.client, request_of(route), f"Bearer {victim.guardian.token}")
        assert answer.status_code == 404, route


def test_nothing_of_a_child_is_stored_or_shared_once_consent_is_withdrawn(victim, routes, request_of):
    requests = {route: request_of(route) for route in of_timeline(routes)}
    assert requests.keys() >= STORING
    assert victim.guardian.delete(f"/v1/guardianships/{victim.person.id}/consent").status_code == 204
    for route in STORING:
        answer = send(victim.person.client, requests[route], f"Bearer {victim.person.token}")
        assert (answer.status_code, answer.json["code"]) == (403, "consent_required"), route
    for route in of_timeline(routes):
        answer = send(victim.clinician.client, requests[route], f"Bearer {victim.clinician.token}")
        assert answer.status_code == 403, route


def test_the_document_says_which_routes_want_a_token(document, routes):
    operations = {route: document["paths"][route.split(" ")[1]][route.split(" ")[0]] for route in routes}
    assert {route for route, described in operations.items() if described.get("security") != [{"token": []}]} == PUBLIC
    assert all("401" in described["responses"] for route, described in operations.items() if route not in PUBLIC)
    assert document["components"]["securitySchemes"]["token"]["scheme"] == "bearer"


def test_the_document_says_which_error_shape_to_expect(document):
    assert document["openapi"].startswith("3.")
    assert "code" in document["components"]["schemas"]["Problem"]["properties"]
    assert list(document["components"]["responses"]["DEFAULT_ERROR"]["content"]) == ["application/problem+json"]


def test_the_document_describes_the_delivery_of_models(document):
    manifest = document["paths"]["/v1/models/{line}/manifest"]["get"]
    file = document["paths"]["/v1/models/{line}/{version}/files/{name}"]["get"]
    assert {parameter["name"] for parameter in manifest["parameters"]} == {"platform", "app_version", "held"}
    assert {"200", "304", "404", "410", "422"} <= manifest["responses"].keys()
    assert {"200", "206", "410", "416"} <= file["responses"].keys()
