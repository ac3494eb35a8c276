"""Nobody passes for somebody else by letters that are not seen, or are seen as others."""

import pytest
from marshmallow import ValidationError

from server.people.accounts.account import normalised
from server.people.accounts.names import check_name

GUARDIAN = {"name": "Kim", "password": "correct horse battery", "role": "guardian", "adult": True}


@pytest.mark.parametrize(
    "name",
    [
        "Dr. \N{RIGHT-TO-LEFT OVERRIDE}otI",
        "Dr.\N{ZERO WIDTH SPACE}Ito",
        "Dr. Ito\nverified",
        "Dr. Ito\N{LINE SEPARATOR}",
        "\x1b[31mDr. Ito",
        "\N{SOFT HYPHEN}Dr. Ito",
        " \N{NO-BREAK SPACE}",
    ],
)
def test_a_name_is_one_line_of_visible_characters(name):
    with pytest.raises(ValidationError):
        check_name(name)


@pytest.mark.parametrize("name", ["Zoë O’Neill-Ångström", "李小龙", "می\N{ZERO WIDTH NON-JOINER}خواهم", "Dr. Ito"])
def test_names_of_every_script_are_fine(name):
    check_name(name)


@pytest.mark.parametrize(
    "email",
    [
        "stra\N{LATIN SMALL LETTER SHARP S}e@example.org",  # as strasse, where case is folded
        "\N{KELVIN SIGN}im@example.org",  # as kim
        "\N{CYRILLIC SMALL LETTER ES}am@example.org",  # looks like sam
        "sam@ex\N{CYRILLIC SMALL LETTER A}mple.org",
    ],
)
def test_an_email_that_could_be_taken_for_anothers_is_refused_and_finds_nobody(client, email):
    for plain in ("strasse@example.org", "kim@example.org", "sam@example.org"):
        assert client.post("/v1/accounts", json={**GUARDIAN, "email": plain}).status_code == 201
    answer = client.post("/v1/accounts", json={**GUARDIAN, "email": email})
    assert (answer.status_code, list(answer.json["errors"]["json"])) == (422, ["email"])
    sign_in = {"email": email, "password": GUARDIAN["password"], "name": "Phone"}
    assert client.post("/v1/devices", json=sign_in).status_code == 401


def test_the_case_of_an_email_does_not_matter():
    assert normalised(" Sam@Example.ORG\N{EM SPACE}") == "sam@example.org"
