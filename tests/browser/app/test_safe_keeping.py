from collections.abc import Iterator

import pytest

from tests.browser.app.phones import Phone
from tests.browser.app.sites import Site
from tests.browser.app.test_sharing import KEEP_PHOTO

HERE = """
const [id] = arguments;
const asked = indexedDB.open("acnetrack-phone");
asked.onsuccess = () => {
  const reading = asked.result.transaction("photos").objectStore("photos").count(id);
  reading.onsuccess = () => (asked.result.close(), done(reading.result === 1));
};
"""


def test_only_one_tab_writes_and_another_says_so(phone: Phone) -> None:
    phone.begins_alone()
    first = phone.driver.current_window_handle
    phone.driver.switch_to.new_window("tab")
    phone.driver.get(f"{phone.url}/app/")
    phone.sees("Open in another tab")
    phone.tap("Go on here")
    phone.sees("How are you today?")
    phone.checks_in(6)
    phone.sees("Entered for today")
    phone.driver.switch_to.window(first)
    phone.sees("Open in another tab")
    phone.tap("Go on here")
    phone.sees("Entered for today")


def test_a_tab_that_waits_goes_on_when_the_other_is_closed(phone: Phone) -> None:
    phone.begins_alone()
    first = phone.driver.current_window_handle
    phone.driver.switch_to.new_window("tab")
    second = phone.driver.current_window_handle
    phone.driver.get(f"{phone.url}/app/")
    phone.sees("Open in another tab")
    phone.driver.switch_to.window(first)
    phone.driver.get("about:blank")
    phone.driver.switch_to.window(second)
    phone.sees("How are you today?")


FILL = """
const asked = indexedDB.open("acnetrack-phone");
asked.onsuccess = () => {
  const put = (size) => new Promise((then) => {
    const writing = asked.result.transaction("photos", "readwrite");
    const filler = crypto.getRandomValues(new Uint8Array(size));
    writing.objectStore("photos").put({ filler, kept_ms: 0 }, `filler-${Math.random()}`);
    writing.oncomplete = () => then(true);
    writing.onabort = () => then(false);
  });
  const fill = async () => {
    for (const size of [65536, 16384, 4096, 1024, 256, 64]) while (await put(size));
    asked.result.close();
    done(true);
  };
  fill();
};
"""


@pytest.fixture
def small_phone(phone: Phone) -> Iterator[Phone]:
    """A phone that has room for four megabytes; told before anything is stored, as the browser looks rarely."""
    phone.driver.get("about:blank")
    phone.driver.execute_cdp_cmd("Storage.overrideQuotaForOrigin", {"origin": phone.url, "quotaSize": 4_000_000})
    yield phone
    phone.driver.get("about:blank")
    phone.driver.execute_cdp_cmd("Storage.overrideQuotaForOrigin", {"origin": phone.url})


def test_a_full_phone_is_said_and_nothing_older_is_lost(small_phone: Phone) -> None:
    small_phone.begins_alone()
    small_phone.checks_in(6)
    small_phone.sees("Entered for today")
    assert small_phone.script(FILL)
    small_phone.opens("#/course", "Add a treatment")
    small_phone.fills(name="Adapalene 0.1 %")
    small_phone.tap("Save")
    small_phone.sees("This phone has no room left")
    small_phone.driver.get("about:blank")
    small_phone.opens("#/today", "Today")
    small_phone.sees("Entered for today")


def test_a_full_phone_drops_photos_that_the_server_holds_first(small_phone: Phone, app_site: Site, a_photo) -> None:
    email = app_site.address()
    small_phone.begins(email)
    small_phone.is_synced()
    visit, photo, coded = a_photo
    assert app_site.owner(email).push(visits=[visit], photos=[photo]) == []
    assert small_phone.script(KEEP_PHOTO, photo["id"], coded)
    small_phone.opens("#/sharing", "Sharing")
    small_phone.picks("scope", "photos")
    small_phone.tap("Make a code")
    small_phone.sees("Hand this code over")
    small_phone.is_synced()
    small_phone.until(lambda: app_site.owner(email).rows()["photos"][photo["id"]]["uploaded"], "photo on the server")
    small_phone.tap("Send and fetch now")
    small_phone.is_synced()
    assert small_phone.script(HERE, photo["id"])
    assert small_phone.script(FILL)
    small_phone.checks_in(6)
    small_phone.until(lambda: not small_phone.script(HERE, photo["id"]), "photo dropped")
