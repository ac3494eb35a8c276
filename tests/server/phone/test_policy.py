"""What the app may do in a browser, said with every answer; other origins may do nothing."""

import pytest

POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; img-src 'self'"
    " blob:; style-src 'self'; manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
EVERYTHING = ["", "service-worker.js", "app-7Q2XKD3A.js", "missing.js", "model/manifest.json", "model/other"]


@pytest.mark.parametrize("path", EVERYTHING)
def test_every_answer_of_the_app_carries_its_policy(ask, path):
    answer = ask(path)
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert "camera=(self)" in answer.headers["Permissions-Policy"]
    assert "microphone=()" in answer.headers["Permissions-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in answer.headers


def test_the_pages_still_run_no_script_and_reach_no_camera(client):
    answer = client.get("/sign-in")
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert "camera=()" in answer.headers["Permissions-Policy"]


@pytest.mark.parametrize(
    "path", ["/app/", "/app/model/manifest.json", "/v1/timelines", "/v1/accounts", "/openapi.json"]
)
def test_no_other_origin_is_let_in(client, path):
    asks = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "POST"}
    for method in ("OPTIONS", "GET"):
        with client.open(path, method=method, headers=asks) as answer:
            assert not [name for name, _ in answer.headers if name.startswith("Access-Control-")], (method, path)
