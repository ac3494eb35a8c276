"""What each role says at sign-up, and how little of it is kept."""

from dataclasses import replace

import pytest
from sqlalchemy import inspect, select

from server.foundation import db
from server.people.accounts.account import create_account
from server.people.accounts.models import User

ACCOUNT = {"email": "kim@example.org", "name": "Kim", "password": "correct horse"}
BORN = {"born_on": "2014-06-01", "country": "DE"}


def sign_up(client, **fields):
    return client.post("/v1/accounts", json={**ACCOUNT, **fields})


WRONG = [
    ({"role": "patient"}, {"born_on", "country"}),
    ({"role": "patient", "country": "DE"}, {"born_on"}),
    ({"role": "patient", "born_on": "2014-06-01"}, {"country"}),
    ({"role": "patient", **BORN, "born_on": "01.06.2014"}, {"born_on"}),
    ({"role": "patient", **BORN, "born_on": "2014-02-30"}, {"born_on"}),
    ({"role": "patient", **BORN, "born_on": "2026-03-03"}, {"born_on"}),  # tomorrow
    ({"role": "patient", **BORN, "born_on": "1906-03-02"}, {"born_on"}),  # 120 years ago
    ({"role": "patient", **BORN, "born_on": "2014-06-01T10:00:00"}, {"born_on"}),
    ({"role": "patient", **BORN, "born_on": None}, {"born_on"}),
    ({"role": "patient", **BORN, "country": "UK"}, {"country"}),
    ({"role": "patient", **BORN, "country": "de"}, {"country"}),
    ({"role": "patient", **BORN, "country": ""}, {"country"}),
    ({"role": "patient", **BORN, "adult": True}, {"adult"}),
    ({"role": "dermatologist", **BORN}, {"born_on", "country", "invitation"}),
    ({"role": "dermatologist"}, {"invitation"}),
    ({"role": "patient", **BORN, "invitation": "AAAA-AAAA-AAAA-AAAA"}, {"invitation"}),
    ({"role": "guardian"}, {"adult"}),
    ({"role": "guardian", "adult": False}, {"adult"}),
    ({"role": "guardian", "adult": "yes"}, {"adult"}),
    ({"role": "guardian", "adult": True, **BORN}, {"born_on", "country"}),
]


def test_what_a_role_must_say_or_must_not_is_named(client):
    for fields, wrong in WRONG:
        answer = sign_up(client, **fields)
        assert (answer.status_code, answer.json["code"]) == (422, "invalid"), fields
        assert answer.json["errors"]["json"].keys() == wrong, fields


STATUSES = [
    ({"role": "patient", **BORN}, "awaiting_consent"),
    ({"role": "patient", **BORN, "born_on": "2026-03-02"}, "awaiting_consent"),  # today
    ({"role": "patient", **BORN, "born_on": "2010-03-02"}, "active"),  # 16 today
    ({"role": "patient", **BORN, "born_on": "2010-03-03"}, "awaiting_consent"),  # 16 tomorrow
    ({"role": "patient", "born_on": "2012-06-01", "country": "BE"}, "active"),  # 13
    ({"role": "patient", "born_on": "1906-03-03", "country": "BE"}, "active"),
    ({"role": "guardian", "adult": True}, "active"),
]


def test_only_a_child_waits_for_consent(client):
    for number, (fields, status) in enumerate(STATUSES):
        answer = sign_up(client, email=f"kim{number}@example.org", **fields)
        assert (answer.status_code, answer.json["status"]) == (201, status), fields


@pytest.mark.parametrize(
    ("born_on", "days"),
    [
        ("1990-06-01", set()),
        ("2009-06-01", {"majority_on"}),
        ("2014-06-01", {"asked_on", "consent_on", "majority_on"}),
    ],
)
def test_neither_the_date_of_birth_nor_the_country_is_kept_nor_any_day_of_an_adult(app, client, born_on, days):
    sign_up(client, role="patient", born_on=born_on, country="DE")
    with app.app_context():
        user = db.session().scalars(select(User)).one()
        values = {column.key: getattr(user, column.key) for column in inspect(User).columns}
    assert {name for name, value in values.items() if name.endswith("_on") and value} == days
    assert born_on not in map(str, values.values())
    assert "DE" not in values.values()


def test_the_age_of_a_country_can_be_configured(app, config, client):
    app.extensions["acnetrack.config"] = replace(config, consent_ages=("DE=10",), majority_ages=("DE=11",))
    assert sign_up(client, role="patient", **BORN).json["status"] == "active"


def test_a_patient_without_a_date_of_birth_is_no_adult_by_accident(app):
    with app.app_context(), pytest.raises(ValueError, match="date of birth"):
        create_account("kim@example.org", "Kim", "correct horse", "patient")


def test_nothing_that_a_clinician_is_shown_has_a_day_in_it(person, dermatologist):
    young = person("patient", born_on="2009-06-01", country="DE")
    young.share_with(dermatologist)
    shown = [
        dermatologist.get("/v1/timelines").text,
        dermatologist.get(f"{young.timeline}/sync").text,
        dermatologist.get("/v1/devices").text,
    ]
    for text in shown:
        assert "2027-06-01" not in text
        assert "majority" not in text
