"""A NUL in an address or a form is refused by name, on either database."""

import pytest

pytestmark = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)


@pytest.mark.parametrize(
    "path", ["/v1/timelines/a%00b/sync", "/v1/timelines/abcdefgh/photos/%00", "/v1/timelines?a=%00"]
)
def test_an_address_with_a_nul_is_malformed(patient, path):
    answer = patient.get(path)
    assert (answer.status_code, answer.json["code"]) == (400, "malformed")
    assert "NUL" in answer.json["detail"]


def test_a_form_with_a_nul_is_malformed(client):
    assert client.post("/sign-in", data={"email": "a\0b", "password": "x"}).status_code == 400
