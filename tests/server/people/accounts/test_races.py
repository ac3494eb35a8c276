"""What is good once is good once, however many ask for it in the same moment."""

from base64 import b32decode
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from tests.server.conftest import PASSWORD

pytestmark = pytest.mark.both_databases

AT_ONCE = 6


@pytest.fixture
def at_once(app):
    """Sends the same request from several clients at once, and returns the answers' statuses, sorted."""

    def send(method, path, **arguments):
        def send_once(_):
            return app.test_client().open(path, method=method, **arguments).status_code

        with ThreadPoolExecutor(AT_ONCE) as threads:
            return sorted(threads.map(send_once, range(AT_ONCE)))

    return send


def test_a_recovery_code_sets_one_password(patient, at_once):
    code = patient.post("/v1/account/recovery-codes", json={"password": PASSWORD}).json["codes"][0]
    body = {"email": patient.email, "code": code, "new_password": "another horse battery"}
    assert at_once("POST", "/v1/recovery", json=body) == [204] + [401] * (AT_ONCE - 1)


def test_the_digits_of_an_authenticator_sign_one_in(dermatologist, at_once, clock):
    begun = dermatologist.post("/v1/account/second-factor", json={"password": PASSWORD}).json
    totp = TOTP(b32decode(begun["secret"]), 6, SHA1(), 30)
    first = totp.generate(int(clock.now().timestamp())).decode()
    assert dermatologist.call("PUT", "/v1/account/second-factor", json={"code": first}).status_code == 200
    clock.pass_by(seconds=30)
    code = totp.generate(int(clock.now().timestamp())).decode()
    body = {"email": dermatologist.email, "password": PASSWORD, "name": "Tablet", "second_factor": code}
    assert at_once("POST", "/v1/devices", json=body) == [201] + [401] * (AT_ONCE - 1)


def test_a_guardians_code_makes_one_guardian(person, at_once):
    child = person("patient", born_on="2013-03-03", country="DE")
    guardian = person("guardian")
    code = child.post("/v1/guardian-invitations", json={}).json["code"]
    headers = {"Authorization": f"Bearer {guardian.token}"}
    body = {"code": code, "text_version": "1"}
    assert at_once("POST", "/v1/guardianships", json=body, headers=headers) == [201] + [404] * (AT_ONCE - 1)
    assert len(child.get("/v1/guardianships").json["guardianships"]) == 1


def test_a_new_token_that_is_used_at_once_by_several_requests_works_for_all_of_them(patient, at_once):
    new = patient.post("/v1/devices/current/token").json["token"]
    headers = {"Authorization": f"Bearer {new}"}
    assert at_once("GET", "/v1/timelines", headers=headers) == [200] * AT_ONCE
    assert patient.get("/v1/timelines").status_code == 401


def test_the_first_requests_of_a_day_all_work(patient, at_once, clock):
    clock.pass_by(days=1)
    headers = {"Authorization": f"Bearer {patient.token}"}
    assert at_once("GET", "/v1/timelines", headers=headers) == [200] * AT_ONCE


def test_an_email_signs_up_once(at_once):
    account = {"email": "kim@example.org", "name": "Kim", "password": PASSWORD, "role": "guardian", "adult": True}
    assert at_once("POST", "/v1/accounts", json=account) == [201] + [409] * (AT_ONCE - 1)
