import pytest
from selenium.webdriver.common.by import By

from tests.browser.app.phones import Phone
from tests.browser.app.sites import Site
from tests.interop.person import PASSWORD

TOKEN = """
const asked = indexedDB.open("acnetrack-phone");
asked.onsuccess = () => {
  const reading = asked.result.transaction("settings").objectStore("settings").get("account");
  reading.onsuccess = () => (asked.result.close(), done(reading.result?.token ?? null));
};
"""


@pytest.fixture
def server_away(app_site: Site):
    """Takes the server away until the test brings it back, or ends."""
    away = []

    def take_away() -> None:
        app_site.stop()
        away.append(True)

    def bring_back() -> None:
        if away:
            away.pop()
            app_site.start()

    yield take_away, bring_back
    bring_back()


def is_kept(phone: Phone) -> None:
    """Waits until the app lies on the phone."""
    waiting = "navigator.serviceWorker.ready.then((found) => done(found.active !== null));"
    assert phone.script(waiting)
    phone.until(lambda: phone.script("caches.keys().then((names) => done(names.length === 1));"), "one cache")


def test_what_is_entered_without_a_server_reaches_it_later(phone: Phone, app_site: Site, server_away) -> None:
    take_away, bring_back = server_away
    email = app_site.address()
    phone.begins(email)
    phone.adds_treatment("Adapalene 0.1 %")
    phone.is_synced()
    is_kept(phone)
    take_away()
    phone.driver.get("about:blank")
    phone.opens("#/today", "Today")
    phone.tap("Taken")
    phone.sees("Taken today")
    phone.checks_in(6)
    phone.sees("Entered for today")
    phone.driver.refresh()
    phone.sees("Entered for today")
    phone.opens("#/me", "Me")
    phone.tap("Send and fetch now")
    phone.sees("No connection. Everything works all the same")
    phone.opens("#/sharing", "Sharing")
    phone.sees("There is no connection to the server.")

    bring_back()
    phone.opens("#/me", "Me")
    phone.tap("Send and fetch now")
    phone.is_synced()
    rows = app_site.owner(email).rows()
    assert [check_in["mood"] for check_in in rows["check_ins"].values()] == [6]
    assert len(rows["intakes"]) == 1


def test_with_nothing_new_an_exchange_is_one_request(phone: Phone, app_site: Site) -> None:
    email = app_site.address()
    phone.begins(email)
    phone.checks_in(5)
    phone.is_synced()
    phone.tap("Send and fetch now")
    phone.is_synced()
    phone.driver.get("about:blank")
    app_site.seen.clear()
    phone.is_synced()
    owner_path = f"/v1/timelines/{app_site.owner(email).timeline_id}/sync"
    asked = [request for request in app_site.seen if request[1] != "/v1/devices"]
    assert asked[0] == ("GET", owner_path)
    assert [path for _, path in asked if path.startswith(owner_path.removesuffix("/sync"))] == [owner_path]


def test_a_sign_in_that_ended_loses_nothing(phone: Phone, app_site: Site) -> None:
    email = app_site.address()
    phone.begins(email)
    phone.is_synced()
    owner = app_site.owner(email)
    for device in owner.call("GET", "/v1/devices")["devices"]:
        if device["name"].startswith("acnetrack"):
            owner.call("DELETE", f"/v1/devices/{device['id']}")
    phone.checks_in(8)
    phone.sees("Your sign-in has ended.")
    assert owner.rows() == {}
    phone.tap("Sign in again")
    phone.sees("Nothing is lost")
    assert phone.element("#email").get_attribute("value") == email
    phone.fills(password=PASSWORD)
    phone.tap("Sign in")
    phone.sees("Entered for today")
    phone.is_synced()
    assert [check_in["mood"] for check_in in owner.rows()["check_ins"].values()] == [8]


def test_another_person_does_not_get_the_records_of_a_sign_in_that_ended(phone: Phone, app_site: Site) -> None:
    phone.begins(app_site.address())
    phone.is_synced()
    other = app_site.sign_up("patient", name="Lee", born_on="1990-05-17", country="DE")
    phone.opens("#/sign-in", "Sign in again")
    phone.fills(email=other.email, password=PASSWORD)
    phone.tap("Sign in")
    phone.sees("belong to another account")
    assert other.rows() == {}


def test_signing_out_leaves_nothing_on_the_phone(phone: Phone, app_site: Site) -> None:
    email = app_site.address()
    phone.begins(email)
    phone.checks_in(7)
    phone.sees("Entered for today")
    assert phone.script(TOKEN)
    assert phone.driver.execute_script("return localStorage.length") == 0
    phone.opens("#/sign-out", "Sign out on this phone")
    phone.tap("Sign out on this phone")
    phone.sees("Your skin over time")
    assert phone.script(TOKEN) is None
    phone.tap("Try it without an account")
    phone.sees("Not for this app")
    phone.tap("Go on")
    phone.sees("How are you today?")
    assert "Entered for today" not in phone.text
    owner = app_site.owner(email)
    assert len(owner.rows()["check_ins"]) == 1
    names = [device["name"] for device in owner.call("GET", "/v1/devices")["devices"]]
    assert not [name for name in names if name.startswith("acnetrack")]


def test_signing_out_without_a_connection_says_what_would_be_lost(phone: Phone, app_site: Site, server_away) -> None:
    take_away, _ = server_away
    phone.begins(app_site.address())
    phone.is_synced()
    take_away()
    phone.checks_in(7)
    phone.sees("Entered for today")
    phone.opens("#/sign-out", "Sign out on this phone")
    phone.sees("Not everything has reached the server yet.")
    phone.tap("Sign out on this phone", within="form")
    assert phone.driver.find_element(By.TAG_NAME, "h1").text == "Sign out on this phone"
    phone.opens("#/today", "Today")
    phone.sees("Entered for today")


def test_an_account_erased_elsewhere_can_go_on_as_a_new_one(phone: Phone, app_site: Site) -> None:
    email = app_site.address()
    phone.begins(email)
    phone.checks_in(4)
    phone.is_synced()
    app_site.owner(email).call("POST", "/v1/account/erasure", {"password": PASSWORD})
    phone.tap("Send and fetch now")
    phone.sees("Your sign-in has ended.")
    phone.opens("#/sign-in", "Sign in again")
    phone.tap("This account was erased")
    phone.tap("Keep them")
    phone.sees("Entered for today")
    anew = app_site.address()
    phone.signs_up(anew)
    phone.sees("Not for this app")
    phone.is_synced()
    assert [check_in["mood"] for check_in in app_site.owner(anew).rows()["check_ins"].values()] == [4]
