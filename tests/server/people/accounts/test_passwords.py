"""Passwords cost a thief what OWASP recommends."""

import pytest

from server.people.accounts.passwords import WeakPassword, refuse_weak
from tests.server.conftest import PASSWORD


def test_a_hash_takes_nine_mebibytes_four_passes_and_one_lane(passwords_as_served):
    assert passwords_as_served.hash("correct horse battery").startswith("$argon2id$v=19$m=9216,t=4,p=1$")


@pytest.mark.parametrize(
    "weak",
    [
        "1234567890",
        "Qwertyuiop",
        "password123!",
        "!Manchester99",
        "aaaaaaaaaaaa",
        "1212121212121212",
        "2026-03-02 09:30",
        "kim@example.org",
        "...kim.........",
    ],
)
def test_what_is_guessed_first_is_no_password(weak):
    with pytest.raises(WeakPassword, match="first that are guessed"):
        refuse_weak(weak, "patient", "kim@example.org", "Kim")


@pytest.mark.parametrize("good", ["correct horse battery", "salz 7 wolken", "einsamer apfelbaum"])
def test_words_together_are_a_password(good):
    refuse_weak(good, "dermatologist", "kim@example.org", "Kim")


def test_staff_has_longer_ones(person, client):
    dermatologist, short = person("dermatologist"), "olive wall"
    change = {"password": PASSWORD, "new_password": short}
    refused = dermatologist.put("/v1/account/password", json=change)
    assert (refused.status_code, refused.json["code"]) == (422, "weak_password")
    assert "12 to 200" in refused.json["detail"]
    assert person("patient").put("/v1/account/password", json=change).status_code == 204


def test_a_common_password_is_refused_wherever_one_is_chosen(person, client):
    patient = person("patient")
    code = patient.post("/v1/account/recovery-codes", json={"password": PASSWORD}).json["codes"][0]
    recovery = {"email": patient.email, "code": code, "new_password": "1234567890"}
    account = {"email": "new@example.org", "name": "New", "role": "guardian", "adult": True, "password": "1234567890"}
    for path, body in (("/v1/recovery", recovery), ("/v1/accounts", account)):
        assert client.post(path, json=body).status_code == 422
    assert client.post("/v1/recovery", json={**recovery, "new_password": "olive wall"}).status_code == 204
