import time
from base64 import b32decode

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from tests.browser.app.phones import Phone
from tests.browser.app.sites import Site
from tests.interop.person import PASSWORD


def test_an_account_made_later_takes_the_records_along(phone: Phone, app_site: Site) -> None:
    phone.begins_alone()
    phone.adds_treatment("Benzoyl peroxide 5 %")
    phone.checks_in(6)
    phone.sees("Entered for today")
    phone.opens("#/me", "Me")
    phone.sees("Everything lies on this phone alone.")
    assert app_site.seen == []

    email = app_site.address()
    phone.signs_up(email)
    phone.sees("Not for this app")
    phone.is_synced()
    rows = app_site.owner(email).rows()
    assert [course["name"] for course in rows["treatment_courses"].values()] == ["Benzoyl peroxide 5 %"]
    assert [check_in["mood"] for check_in in rows["check_ins"].values()] == [6]
    assert phone.complaints() == []


def test_a_child_waits_for_consent_and_loses_nothing(phone: Phone, app_site: Site) -> None:
    phone.begin()
    email = app_site.address()
    phone.signs_up(email, born_on="2014-05-17")
    phone.sees("A guardian has to consent")
    phone.checks_in(6)
    phone.sees("Entered for today")
    phone.sees("Until a guardian consents everything stays on this phone.")
    child = app_site.owner(email)
    assert child.rows() == {}
    phone.opens("#/consent", "A guardian has to consent")
    phone.tap("Make a code to show")
    code = phone.element(".shown-code code").text

    guardian = app_site.sign_up("guardian", name="Alex", adult=True)
    version = guardian.call("GET", "/v1/consent-text")["version"]
    guardian.call("POST", "/v1/guardianships", {"code": code, "text_version": version})
    phone.tap("Look again")
    phone.sees("Consent has been given.")
    phone.is_synced()
    assert [check_in["mood"] for check_in in child.rows()["check_ins"].values()] == [6]


def test_a_course_is_stopped_with_the_reason_and_a_dose_changed(phone: Phone, app_site: Site) -> None:
    email = app_site.address()
    phone.begins(email)
    phone.adds_treatment("Doxycycline")
    phone.tap("Doxycycline")
    phone.fills(dose="100 mg a day")
    phone.driver.execute_script("document.getElementById('course-new-dose').value = '50 mg a day'")
    phone.tap("Change it")
    phone.sees("50 mg a day")
    phone.tap("Doxycycline")
    phone.picks("stop_reason", "side_effect")
    phone.tap("I have stopped it")
    phone.sees("No treatment goes on.")
    phone.opens("#/side-effect", "Report a side effect")
    phone.fills(what="Sunburn easily")
    phone.picks("severity", "2")
    phone.tap("Save")
    phone.sees("Not for this app")
    phone.is_synced()
    rows = app_site.owner(email).rows()
    assert {course["stop_reason"] for course in rows["treatment_courses"].values()} == {"changed", "side_effect"}
    assert [effect["severity"] for effect in rows["side_effects"].values()] == [2]


def test_a_check_in_is_corrected_by_one_that_amends_it(phone: Phone, app_site: Site) -> None:
    email = app_site.address()
    phone.begins(email)
    phone.checks_in(3)
    phone.tap("Correct it")
    phone.picks("mood", "6")
    phone.tap("Save")
    phone.sees("Mood: 6 of 10")
    phone.is_synced()
    first, second = app_site.owner(email).rows()["check_ins"].values()
    amended, amendment = (first, second) if second["amends"] else (second, first)
    assert (amended["mood"], amendment["mood"], amendment["amends"]) == (3, 6, amended["id"])


def test_what_is_being_filled_in_stays_while_another_device_is_heard_of(phone: Phone, app_site: Site) -> None:
    email = app_site.address()
    phone.begins(email)
    phone.checks_in(3)
    phone.is_synced()
    phone.opens("#/today", "Today")
    phone.tap("Correct it")
    phone.picks("mood", "6")
    course = {
        "id": "course-0001",
        "kind": "topical",
        "name": "Adapalene",
        "dose": None,
        "started_on": "2026-01-10",
        "stopped_on": None,
    }
    assert app_site.owner(email).push(treatment_courses=[course]) == []
    phone.driver.execute_script("dispatchEvent(new Event('online'))")
    phone.sees("Adapalene")
    phone.tap("Save")
    phone.sees("Mood: 6 of 10")


def test_a_second_factor_is_asked_for_where_there_is_one(phone: Phone, app_site: Site) -> None:
    person = app_site.sign_up("patient", name="Kim", born_on="1990-05-17", country="DE")
    secret = person.call("POST", "/v1/account/second-factor", {"password": PASSWORD})["secret"]
    totp = TOTP(b32decode(secret), 6, SHA1(), 30)
    digits = totp.generate(int(time.time())).decode()
    codes = person.call("PUT", "/v1/account/second-factor", {"code": digits})["codes"]
    phone.begin()
    phone.opens("#/sign-in", "Sign in")
    phone.fills(email=person.email, password=PASSWORD)
    phone.tap("Sign in")
    phone.sees("Digits of your authenticator")
    phone.fills(second_factor=codes[0])
    phone.tap("Sign in")
    phone.sees("Not for this app")
