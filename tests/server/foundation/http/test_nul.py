"""A NUL in an address or a form is refused by name, on either database."""

import pytest

pytestmark = pytest.mark.both_databases


@pytest.mark.parametrize(
    "path", ["/v1/timelines/a%00b/sync", "/v1/timelines/abcdefgh/photos/%00", "/v1/timelines?a=%00"]
)
def test_an_address_with_a_nul_is_malformed(patient, path):
    answer = patient.get(path)
    assert (answer.status_code, answer.json["code"]) == (400, "malformed")
    assert "NUL" in answer.json["detail"]


def test_a_form_with_a_nul_is_malformed(client):
    assert client.post("/sign-in", data={"email": "a\0b", "password": "x"}).status_code == 400


@pytest.mark.parametrize("coding", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_no_form_gets_a_nul_to_the_database(client, csrf_token, coding):
    form = {"csrf_token": csrf_token(client.get("/sign-in").text), "email": "a\0b", "password": "x"}
    answer = client.post("/sign-in", data=form, content_type=coding)
    assert (answer.status_code, "NUL" in answer.text) == (400, True)
