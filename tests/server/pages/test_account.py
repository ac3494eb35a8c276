"""One's own account on the pages: devices, password, codes, authenticator, guardians, coming of age."""

import re
from base64 import b32decode
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from server.people.guardians.consent import CURRENT_VERSION

from ..conftest import PASSWORD

pytestmark = pytest.mark.both_databases

NEW = "another horse battery"


@pytest.fixture
def post(csrf_token: Any) -> Any:
    """Sends a form of a page: `post(client, "/account", "/account/password", password=…)`."""

    def send(client: Any, page: str, path: str, **data: str) -> Any:
        token = csrf_token(client.get(page, follow_redirects=True).text)
        return client.post(path, data={"csrf_token": token, **data}, follow_redirects=True)

    return send


def test_the_account_pages_are_well_formed(
    patient: Any, dermatologist: Any, person: Any, browse: Any, flaws: Any
) -> None:
    child = person("patient", born_on="2013-03-03", country="DE")
    for reader in (patient, dermatologist, child, person("guardian")):
        client = browse(reader)
        for path in ("/account", "/account/second-factor", "/guardian"):
            assert (path, flaws(client.get(path).text)) == (path, [])


def test_the_public_pages_are_well_formed(client: Any, flaws: Any) -> None:
    for path in ("/recovery", "/guardian/sign-up"):
        assert flaws(client.get(path).text) == []


def test_a_device_is_signed_out_on_the_page(patient: Any, browse: Any, post: Any) -> None:
    client = browse(patient)
    assert "Phone" in client.get("/account").text
    assert "Signed out." in post(client, "/account", f"/account/devices/{patient.device_id}").text
    assert patient.get("/v1/timelines").status_code == 401
    assert "You have no such device" in post(client, "/account", f"/account/devices/{patient.device_id}").text


def test_nobody_signs_out_anothers_device_on_the_page(patient: Any, other_patient: Any, browse: Any, post: Any) -> None:
    post(browse(other_patient), "/account", f"/account/devices/{patient.device_id}")
    assert patient.get("/v1/timelines").status_code == 200


def test_the_password_is_changed_on_the_page(patient: Any, browse: Any, post: Any) -> None:
    client = browse(patient)
    wrong = post(client, "/account", "/account/password", password="wrong", new_password=NEW)
    assert (wrong.status_code, "This is not your password" in wrong.text) == (403, True)
    short = post(client, "/account", "/account/password", password=PASSWORD, new_password="short")
    assert (short.status_code, "10 to 200 characters" in short.text) == (422, True)
    assert (
        "Your password is changed"
        in post(client, "/account", "/account/password", password=PASSWORD, new_password=NEW).text
    )
    assert client.get("/account").status_code == 200
    assert patient.get("/v1/timelines").status_code == 401


def test_a_recovery_code_from_the_page_sets_a_new_password(app: Any, patient: Any, browse: Any, post: Any) -> None:
    page = post(browse(patient), "/account", "/account/recovery-codes", password=PASSWORD).text
    codes = re.findall(r"<code>([0-9A-Z-]{19})</code>", page)
    assert len(codes) == 10
    stranger = app.test_client()
    wrong = post(stranger, "/recovery", "/recovery", email=patient.email, code="x", new_password=NEW)
    assert wrong.status_code == 401
    done = post(stranger, "/recovery", "/recovery", email=patient.email, code=codes[4], new_password=NEW)
    assert "Your new password is set." in done.text
    signed = post(stranger, "/sign-in", "/sign-in", email=patient.email, password=NEW, next="/account")
    assert "You have 9 left." in signed.text


class Scanned:
    """What an authenticator shows that scanned the page's secret."""

    def __init__(self, page: str, clock: Any) -> None:
        self.totp = TOTP(b32decode(re.search(r"<code>([A-Z2-7]{32})</code>", page)[1]), 6, SHA1(), 30)
        self.clock = clock

    @property
    def code(self) -> str:
        return self.totp.generate(int(self.clock.now().timestamp())).decode()


@pytest.fixture
def demanding(app: Any, config: Any) -> None:
    app.extensions["acnetrack.config"] = replace(config, dermatologist_second_factor="required")


@pytest.mark.usefixtures("demanding")
def test_a_dermatologist_is_led_to_enrol_and_then_signs_in_with_it(
    app: Any, dermatologist: Any, browse: Any, post: Any, clock: Any, flaws: Any
) -> None:
    client, here = browse(dermatologist), "/account/second-factor"
    assert client.get("/patients").location == here
    assert client.get("/account").location == here
    page = post(client, here, f"{here}/begin", password=PASSWORD).text
    assert flaws(page) == []
    scanned = Scanned(page, clock)
    again = post(client, here, f"{here}/confirm", code="000000")
    assert (again.status_code, Scanned(again.text, clock).code) == (422, scanned.code)
    done = post(client, here, f"{here}/confirm", code=scanned.code)
    assert len(re.findall(r"<code>[0-9A-Z-]{19}</code>", done.text)) == 10
    assert client.get("/patients").status_code == 200

    clock.pass_by(seconds=30)
    other = app.test_client()
    asked = post(other, "/sign-in", "/sign-in", email=dermatologist.email, password=PASSWORD, next="/account")
    assert "One more step" in asked.text
    assert other.get("/patients").location.startswith("/sign-in")
    step = "/sign-in/second-factor"
    assert post(other, step, step, code="000000", next="/account").status_code == 401
    assert post(other, step, step, code="", next="/account").status_code == 401
    assert dermatologist.email in post(other, step, step, code=scanned.code, next="/account").text


def test_the_qr_code_is_a_drawing_that_the_security_policy_allows(dermatologist: Any, browse: Any, post: Any) -> None:
    here = "/account/second-factor"
    answer = post(browse(dermatologist), here, f"{here}/begin", password=PASSWORD)
    drawing = answer.text.split('aria-label="QR code')[1].split("</svg>")[0]
    assert "<path" in drawing
    assert "style=" not in drawing and "<style" not in drawing and "data:" not in drawing
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_the_second_step_is_open_for_five_minutes(
    app: Any, dermatologist: Any, browse: Any, post: Any, clock: Any
) -> None:
    here, step = "/account/second-factor", "/sign-in/second-factor"
    client = browse(dermatologist)
    scanned = Scanned(post(client, here, f"{here}/begin", password=PASSWORD).text, clock)
    post(client, here, f"{here}/confirm", code=scanned.code)
    other = app.test_client()
    assert other.get(step).location == "/sign-in"
    post(other, "/sign-in", "/sign-in", email=dermatologist.email, password=PASSWORD)
    assert other.get(step).status_code == 200
    clock.pass_by(minutes=5, seconds=1)
    assert other.get(step).location == "/sign-in"


def test_signing_in_leaves_nothing_of_the_session_before(app: Any, patient: Any, csrf_token: Any) -> None:
    client = app.test_client()
    with client.session_transaction() as planted:
        planted["token"], planted["planted"] = "chosen by somebody else", "yes"
    token = csrf_token(client.get("/sign-in").text)
    client.post("/sign-in", data={"csrf_token": token, "email": patient.email, "password": PASSWORD})
    with client.session_transaction() as session:
        assert "planted" not in session
        assert session["token"] != "chosen by somebody else"
    assert csrf_token(client.get("/account").text) != token


@pytest.fixture
def child(person: Any) -> Any:
    return person("patient", name="Robin", born_on="2013-03-03", country="DE")


@pytest.mark.parametrize("email", ["x" * 300 + "@example.org", "no address"])
def test_a_guardian_is_asked_by_an_email_or_not_at_all(person, browse, csrf_token, email):
    young = browse(person("patient", born_on="2013-03-03", country="DE"))
    token = csrf_token(young.get("/account").text)
    answer = young.post("/account/guardian", data={"csrf_token": token, "email": email})
    assert (answer.status_code, "no e-mail address" in answer.text) == (422, True)


def test_a_child_asks_and_a_guardian_signs_up_and_consents_on_the_pages(
    app: Any, child: Any, browse: Any, post: Any, flaws: Any
) -> None:
    young = browse(child)
    assert "A guardian has to consent" in young.get("/account").text
    shown = post(young, "/account", "/account/guardian", email="")
    assert flaws(shown.text) == []
    code = re.search(r"<code>([0-9A-Z-]{14})</code>", shown.text)[1]
    grown, form = app.test_client(), {"name": "Kim", "email": "kim@example.org", "password": PASSWORD}
    refused = post(grown, "/guardian/sign-up", "/guardian/sign-up", **form)
    assert (refused.status_code, "A guardian must be of age." in refused.text) == (422, True)
    page = post(grown, "/guardian/sign-up", "/guardian/sign-up", **form, adult="yes").text
    assert "Nobody yet." in page
    wrong = post(grown, "/guardian", "/guardian/consent", code="AAAA-AAAA-AAAA", text_version=CURRENT_VERSION)
    assert (wrong.status_code, "This code is wrong" in wrong.text) == (404, True)
    done = post(grown, "/guardian", "/guardian/consent", code=code, text_version=CURRENT_VERSION)
    assert "You consented for Robin" in done.text
    assert flaws(done.text) == []
    assert child.get("/v1/account").json["status"] == "active"
    assert "their copy is without photos" in young.get("/account").text


@pytest.fixture
def guarded(child: Any, person: Any) -> Any:
    """The child, whose guardian consented."""
    child.guardian = person("guardian", name="Kim")
    code = child.post("/v1/guardian-invitations", json={}).json["code"]
    child.guardian.post("/v1/guardianships", json={"text_version": CURRENT_VERSION, "code": code})
    return child


def test_a_guardian_shares_ends_withdraws_and_consents_again_on_the_page(
    guarded: Any, dermatologist: Any, browse: Any, post: Any
) -> None:
    client, here = browse(guarded.guardian), f"/guardian/{guarded.id}"
    assert client.get("/").location == "/guardian"
    shared = post(client, "/guardian", f"{here}/grants", email=dermatologist.email, scope="records")
    assert "Shared with Dr. Ito." in shared.text
    grant = guarded.get(f"{guarded.timeline}/grants").json["grants"][0]["id"]
    assert "That sharing has ended." in post(client, "/guardian", f"{here}/grants/{grant}").text
    assert "Withdrawn." in post(client, "/guardian", f"{here}/withdraw").text
    assert guarded.get("/v1/account").json["status"] == "awaiting_consent"
    again = post(client, "/guardian", f"{here}/consent", text_version=CURRENT_VERSION)
    assert "You consented for Robin again." in again.text


def test_a_guardian_downloads_and_erases_on_the_page(guarded: Any, browse: Any, post: Any) -> None:
    client, here = browse(guarded.guardian), f"/guardian/{guarded.id}"
    assert post(client, "/guardian", f"{here}/copy").mimetype == "application/zip"
    assert post(client, "/guardian", f"{here}/erase", password="wrong").status_code == 403
    assert "Erased." in post(client, "/guardian", f"{here}/erase", password=PASSWORD).text
    assert guarded.get("/v1/timelines").status_code == 401


def test_a_stranger_does_nothing_for_a_child_on_the_page(guarded: Any, person: Any, browse: Any, post: Any) -> None:
    client = browse(person("guardian"))
    for action in ("consent", "withdraw", "grants", "copy", "erase"):
        assert post(client, "/guardian", f"/guardian/{guarded.id}/{action}").status_code in (404, 409), action
    assert guarded.get("/v1/account").json["status"] == "active"


def test_who_comes_of_age_is_told_on_every_page_until_they_have_read_it(
    guarded: Any, browse: Any, post: Any, clock: Any, flaws: Any
) -> None:
    clock.instant = datetime(2031, 3, 2, 23, 59, tzinfo=UTC)
    grown, guardian = browse(guarded), browse(guarded.guardian)
    assert "You are of age" not in grown.get("/account").text
    clock.pass_by(minutes=1)
    page = grown.get("/account").text
    assert "You are of age since 3 Mar 2031." in page
    assert flaws(page) == []
    assert "Your part has ended" in guardian.get("/guardian").text
    assert "You are of age" not in post(grown, "/account", "/account/hand-over").text
    assert "Robin" not in guardian.get("/guardian").text


def test_the_account_page_tells_of_a_recovery_code_and_takes_it_back(
    patient: Any, browse: Any, post: Any, clock: Any
) -> None:
    secret = patient.post("/v1/account/second-factor", json={"password": PASSWORD}).json["secret"]
    digits = TOTP(b32decode(secret), 6, SHA1(), 30).generate(int(clock.now().timestamp())).decode()
    client = browse(patient)
    code = patient.put("/v1/account/second-factor", json={"code": digits}).json["codes"][0]
    patient.client.post("/v1/recovery", json={"email": patient.email, "code": code, "new_password": NEW})
    assert "A recovery code was used in place of your password" in client.get("/account").text
    page = post(client, "/account", "/account/recovery").text
    assert "Taken back" in page and "A recovery code was used" not in page
    assert post(client, "/account", "/account/recovery").status_code == 409
