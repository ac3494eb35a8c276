"""The second factor: confirmed before it counts, each code good once, a recovery code in its place."""

from base64 import b32decode
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy import select

from server.foundation import db
from server.people.credentials.models import SecondFactor
from tests.server.conftest import PASSWORD

pytestmark = pytest.mark.both_databases


class Authenticator:
    """An authenticator app: the secret it scanned and a clock that may be wrong."""

    def __init__(self, person, clock):
        self.person, self.clock, self.seconds_off = person, clock, 0
        begun = person.post("/v1/account/second-factor", json={"password": PASSWORD})
        assert begun.status_code == 201, begun.json
        self.secret, self.uri = begun.json["secret"], begun.json["uri"]

    @property
    def code(self):
        shown = TOTP(b32decode(self.secret), 6, SHA1(), 30).generate(
            int(self.clock.now().timestamp()) + self.seconds_off
        )
        return shown.decode()

    def confirm(self, code=None):
        return self.person.call("PUT", "/v1/account/second-factor", json={"code": code or self.code})


@pytest.fixture
def authenticator(dermatologist, clock):
    """A dermatologist's, confirmed half a minute ago."""
    made = Authenticator(dermatologist, clock)
    answer = made.confirm()
    assert answer.status_code == 200
    made.recovery_codes = answer.json["codes"]
    clock.pass_by(seconds=30)
    return made


def sign_in(person, code=None, **more):
    body = {"email": person.email, "password": PASSWORD, "name": "Tablet", "second_factor": code, **more}
    return person.client.post("/v1/devices", json={name: value for name, value in body.items() if value is not None})


def test_the_codes_are_those_of_rfc_6238():
    totp = TOTP(b"12345678901234567890", 8, SHA1(), 30)
    assert [totp.generate(at) for at in (59, 1111111109, 20000000000)] == [b"94287082", b"07081804", b"65353130"]


def test_an_authenticator_counts_only_once_it_is_confirmed(dermatologist, clock):
    made = Authenticator(dermatologist, clock)
    assert sign_in(dermatologist).status_code == 201
    assert dermatologist.get("/v1/account").json["second_factor"] is False
    assert made.confirm("000000").json["code"] == "code_not_confirmed"
    assert sign_in(dermatologist).status_code == 201
    assert made.confirm().status_code == 200
    assert dermatologist.get("/v1/account").json["second_factor"] is True
    assert sign_in(dermatologist).json["code"] == "second_factor_required"


def test_the_uri_names_the_account_and_holds_the_secret(dermatologist, clock):
    made = Authenticator(dermatologist, clock)
    assert made.uri.startswith("otpauth://totp/acnetrack:")
    assert f"secret={made.secret}" in made.uri
    assert "digits=6" in made.uri and "period=30" in made.uri


def test_signing_in_needs_the_password_and_the_code(dermatologist, authenticator):
    assert sign_in(dermatologist).json["code"] == "second_factor_required"
    assert sign_in(dermatologist, "000000").json["code"] == "wrong_second_factor"
    assert sign_in(dermatologist, authenticator.code, password="not this one").json["code"] == "wrong_credentials"
    assert sign_in(dermatologist, authenticator.code).status_code == 201


def test_without_the_password_nobody_learns_whether_there_is_a_second_factor(dermatologist, authenticator):
    unknown = sign_in(dermatologist, password="not this one", email="nobody@example.org").json
    known = sign_in(dermatologist, password="not this one").json
    assert [each["code"] for each in (unknown, known)] == ["wrong_credentials"] * 2


def test_a_code_is_good_once(dermatologist, authenticator):
    code = authenticator.code
    assert sign_in(dermatologist, code).status_code == 201
    assert sign_in(dermatologist, code).json["code"] == "wrong_second_factor"


def test_the_code_that_confirmed_signs_nobody_in(dermatologist, clock):
    made = Authenticator(dermatologist, clock)
    code = made.code
    made.confirm(code)
    assert sign_in(dermatologist, code).json["code"] == "wrong_second_factor"


def test_an_older_code_is_refused_once_a_newer_one_was_taken(dermatologist, authenticator, clock):
    old = authenticator.code
    clock.pass_by(seconds=30)
    assert sign_in(dermatologist, authenticator.code).status_code == 201
    assert sign_in(dermatologist, old).json["code"] == "wrong_second_factor"


def test_an_authenticators_clock_may_be_one_step_off(dermatologist, authenticator, clock):
    for off, status in ((-60, 401), (-30, 201), (0, 201), (30, 201), (60, 401)):
        clock.pass_by(minutes=5)
        authenticator.seconds_off = off
        assert sign_in(dermatologist, authenticator.code).status_code == status, off


def test_whatever_is_no_code_is_refused(dermatologist, authenticator):
    for code in ("", " ", "12345", "1234567", "abcdef", "１２３４５６", "-00001", "0" * 40):
        assert sign_in(dermatologist, code).status_code == 401, code


def test_a_code_written_with_a_space_is_taken(dermatologist, authenticator):
    assert sign_in(dermatologist, f"{authenticator.code[:3]} {authenticator.code[3:]}").status_code == 201


def test_a_recovery_code_stands_in_for_a_lost_authenticator_once(dermatologist, authenticator):
    code = authenticator.recovery_codes[0]
    assert len(authenticator.recovery_codes) == 10
    assert sign_in(dermatologist, code).status_code == 201
    assert sign_in(dermatologist, code).json["code"] == "wrong_second_factor"
    assert dermatologist.get("/v1/account").json["recovery_codes_left"] == 9


NEW = "another horse battery"


def recover(person, code):
    return person.client.post("/v1/recovery", json={"email": person.email, "code": code, "new_password": NEW})


def test_one_sheet_of_codes_replaces_the_password_or_the_factor_and_never_both(dermatologist, authenticator, clock):
    first, second, third, *_ = authenticator.recovery_codes
    assert recover(dermatologist, first).status_code == 204
    for _ in range(2):
        refused = sign_in(dermatologist, second, password=NEW)
        assert (refused.status_code, refused.json["code"]) == (409, "codes_wait")
    assert dermatologist.get("/v1/account").json["recovery_codes_left"] == 9
    clock.pass_by(days=3)
    assert sign_in(dermatologist, second, password=NEW).status_code == 201
    assert recover(dermatologist, third).json["code"] == "codes_wait"


def test_a_code_in_place_of_the_factor_is_for_days_none_in_place_of_the_password(dermatologist, authenticator, clock):
    first, second, third, *_ = authenticator.recovery_codes
    assert sign_in(dermatologist, first).status_code == 201
    assert recover(dermatologist, second).json["code"] == "codes_wait"
    assert sign_in(dermatologist, third).status_code == 201
    clock.pass_by(days=3)
    assert recover(dermatologist, second).status_code == 204


def test_every_device_is_told_of_a_code_and_can_take_it_back(dermatologist, authenticator, clock):
    first, second, *_ = authenticator.recovery_codes
    assert dermatologist.get("/v1/account").json["recovery_code_used"] is None
    recover(dermatologist, first)
    told = dermatologist.get("/v1/account").json["recovery_code_used"]
    assert told == {"stood_in_for": "password", "until": "2026-03-05T09:30:30+00:00"}
    assert dermatologist.delete("/v1/account/recovery").status_code == 204
    assert sign_in(dermatologist, authenticator.code, password=NEW).json["code"] == "wrong_credentials"
    assert sign_in(dermatologist, authenticator.code).status_code == 201
    assert recover(dermatologist, second).json["code"] == "wrong_recovery_code"
    assert dermatologist.delete("/v1/account/recovery").json["code"] == "nothing_announced"


def test_who_shows_the_authenticator_itself_ends_the_waiting(dermatologist, authenticator, clock):
    first, second, *_ = authenticator.recovery_codes
    recover(dermatologist, first)
    assert sign_in(dermatologist, authenticator.code, password=NEW).status_code == 201
    assert dermatologist.get("/v1/account").json["recovery_code_used"] is None
    assert dermatologist.delete("/v1/account/recovery").json["code"] == "nothing_announced"
    assert sign_in(dermatologist, second, password=NEW).status_code == 201


def test_there_is_one_authenticator(dermatologist, authenticator):
    again = dermatologist.post("/v1/account/second-factor", json={"password": PASSWORD})
    assert (again.status_code, again.json["code"]) == (409, "enrolled_already")
    assert authenticator.confirm().json["code"] == "enrolled_already"


def test_beginning_again_voids_the_secret_that_was_not_confirmed(dermatologist, clock):
    first, second = Authenticator(dermatologist, clock), Authenticator(dermatologist, clock)
    assert first.confirm().json["code"] == "code_not_confirmed"
    assert second.confirm().status_code == 200


def test_there_is_nothing_to_confirm_or_remove_before_beginning(dermatologist):
    confirmed = dermatologist.call("PUT", "/v1/account/second-factor", json={"code": "000000"})
    removed = dermatologist.post("/v1/account/second-factor/removal", json={"password": PASSWORD, "code": "000000"})
    assert [answer.json["code"] for answer in (confirmed, removed)] == ["not_enrolled"] * 2


def test_it_is_taken_away_by_both_proofs_only(dermatologist, authenticator):
    def remove(password, code):
        return dermatologist.post("/v1/account/second-factor/removal", json={"password": password, "code": code})

    assert remove("not this one", authenticator.code).json["code"] == "wrong_password"
    assert remove(PASSWORD, "000000").json["code"] == "code_not_confirmed"
    assert sign_in(dermatologist).status_code == 401
    assert remove(PASSWORD, authenticator.code).status_code == 204
    assert sign_in(dermatologist).status_code == 201


def test_the_secret_is_begun_only_by_who_knows_the_password(dermatologist):
    answer = dermatologist.post("/v1/account/second-factor", json={"password": "not this one"})
    assert (answer.status_code, answer.json["code"]) == (403, "wrong_password")


def test_the_database_alone_makes_no_codes(app, authenticator):
    with app.app_context():
        (sealed,) = db.session().scalars(select(SecondFactor.sealed_secret))
    assert b32decode(authenticator.secret) not in sealed


def test_a_patient_may_have_one_too(patient, clock):
    assert Authenticator(patient, clock).confirm().status_code == 200
    assert sign_in(patient).json["code"] == "second_factor_required"


@pytest.fixture
def demanding(app, config):
    app.extensions["acnetrack.config"] = replace(config, dermatologist_second_factor="required")


def test_where_it_is_demanded_a_dermatologist_can_do_nothing_but_enrol(demanding, patient, dermatologist, clock):
    patient.share_with(dermatologist)
    for method, path in (
        ("GET", "/v1/timelines"),
        ("GET", f"{patient.timeline}/sync"),
        ("GET", f"{patient.timeline}/photos/photo-0001"),
        ("POST", "/v1/grants"),
        ("POST", "/v1/account/recovery-codes"),
    ):
        answer = dermatologist.call(method, path, json={} if method == "POST" else None)
        assert (answer.status_code, answer.json["code"]) == (403, "enrolment_required"), path
    assert dermatologist.get("/v1/account").status_code == 200
    assert dermatologist.get("/v1/devices").status_code == 200
    assert Authenticator(dermatologist, clock).confirm().status_code == 200
    assert dermatologist.get(f"{patient.timeline}/sync").status_code == 200


def test_where_it_is_demanded_a_dermatologist_who_removes_it_has_to_enrol_again(demanding, dermatologist, clock):
    made = Authenticator(dermatologist, clock)
    made.confirm()
    clock.pass_by(seconds=30)
    proofs = {"password": PASSWORD, "code": made.code}
    assert dermatologist.post("/v1/account/second-factor/removal", json=proofs).status_code == 204
    assert dermatologist.get("/v1/timelines").json["code"] == "enrolment_required"


def test_it_is_demanded_of_nobody_else(demanding, patient):
    assert patient.get("/v1/timelines").status_code == 200


def test_production_demands_it_and_a_laptop_does_not(config):
    assert replace(config, env="production").second_factor_demanded
    assert not config.second_factor_demanded
    assert not replace(config, env="production", dermatologist_second_factor="optional").second_factor_demanded
