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


def fill_storage(phone: Phone) -> None:
    quota = {"origin": phone.url, "quotaSize": 1000}
    phone.driver.execute_cdp_cmd("Storage.overrideQuotaForOrigin", quota)


def test_a_full_phone_is_said_and_nothing_older_is_lost(phone: Phone) -> None:
    phone.begins_alone()
    phone.checks_in(6)
    phone.sees("Entered for today")
    fill_storage(phone)
    try:
        phone.opens("#/course", "Add a treatment")
        phone.fills(name="Adapalene 0.1 %")
        phone.tap("Save")
        phone.sees("This phone has no room left")
    finally:
        phone.driver.execute_cdp_cmd("Storage.overrideQuotaForOrigin", {"origin": phone.url})
    phone.tap("Save")
    phone.sees("since")
    phone.opens("#/today", "Today")
    phone.sees("Entered for today")


def test_a_full_phone_drops_photos_that_the_server_holds_first(phone: Phone, app_site: Site, a_photo) -> None:
    email = app_site.address()
    phone.begins(email)
    phone.is_synced()
    visit, photo, coded = a_photo
    assert app_site.owner(email).push(visits=[visit], photos=[photo]) == []
    assert phone.script(KEEP_PHOTO, photo["id"], coded)
    phone.opens("#/sharing", "Sharing")
    phone.picks("scope", "photos")
    phone.tap("Make a code")
    phone.sees("Hand this code over")
    phone.is_synced()
    phone.until(lambda: app_site.owner(email).rows()["photos"][photo["id"]]["uploaded"], "photo on the server")
    phone.tap("Send and fetch now")
    phone.is_synced()
    assert phone.script(HERE, photo["id"])
    fill_storage(phone)
    try:
        phone.checks_in(6)
        phone.until(lambda: not phone.script(HERE, photo["id"]), "photo dropped")
    finally:
        phone.driver.execute_cdp_cmd("Storage.overrideQuotaForOrigin", {"origin": phone.url})
