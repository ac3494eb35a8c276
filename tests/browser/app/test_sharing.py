import re
import urllib.request

import pytest
from selenium.webdriver.common.by import By

from tests.browser.app.phones import Phone
from tests.browser.app.sites import Site
from tests.interop.person import PASSWORD, Refused

CODE = re.compile(r"\b[A-Z0-9]{4}(?:-[A-Z0-9]{4}){2}\b")


def code_shown(phone: Phone) -> str:
    phone.sees("Hand this code over")
    return CODE.search(phone.text)[0]


def test_from_signing_up_to_a_dermatologist_who_sees_the_records(phone: Phone, app_site: Site, start_browser) -> None:
    email = app_site.address()
    phone.begins(email)
    phone.adds_treatment("Adapalene 0.1 %")
    phone.opens("#/today", "Today")
    phone.tap("Taken")
    phone.sees("Taken today")
    phone.picks("mood", "7")
    phone.picks("bother", "4")
    phone.tap("Save")
    phone.sees("Mood: 7 of 10")
    phone.is_synced()
    phone.opens("#/sharing", "Sharing")
    phone.sees("Nobody.")
    phone.tap("Make a code")
    code = code_shown(phone)
    assert phone.element(".qr").get_attribute("aria-label") == "QR code of the sharing code"

    doctor = app_site.sign_up("dermatologist")
    desk = start_browser()
    desk.get(f"{app_site.url}/sign-in")
    desk.find_element(By.ID, "email").send_keys(doctor.email)
    desk.find_element(By.ID, "password").send_keys(PASSWORD)
    desk.find_element(By.CSS_SELECTOR, "form.card button").click()
    desk.find_element(By.NAME, "code").send_keys(code)
    desk.find_element(By.XPATH, "//form[.//input[@name='code']]//button").click()
    assert "Kim now shares with you." in desk.page_source
    owner = app_site.owner(email)
    rows = owner.rows(viewer=doctor)
    [check_in] = rows["check_ins"].values()
    assert (check_in["mood"], check_in["bother"], check_in["pain"]) == (7, 4, None)
    assert [course["name"] for course in rows["treatment_courses"].values()] == ["Adapalene 0.1 %"]
    assert [intake["taken"] for intake in rows["intakes"].values()] == [True]

    phone.opens("#/today", "Today")
    phone.opens("#/sharing", "Sharing")
    phone.sees("Dr. Ito")
    phone.sees("This list is whole")
    phone.sees("got your records in their app")
    phone.tap("End this")
    phone.tap("End it now")
    phone.sees("Nobody.")
    with pytest.raises(Refused, match="grant_ended"):
        owner.rows(viewer=doctor)
    assert phone.complaints() == []


KEEP_PHOTO = """
const [id, coded] = arguments;
const bytes = Uint8Array.from(atob(coded), (letter) => letter.charCodeAt(0));
const asked = indexedDB.open("acnetrack-phone");
asked.onsuccess = () => {
  const writing = asked.result.transaction("photos", "readwrite");
  writing.objectStore("photos").put({ blob: new Blob([bytes], { type: "image/jpeg" }), kept_ms: Date.now() }, id);
  writing.oncomplete = () => (asked.result.close(), done(true));
};
"""


def test_a_photo_leaves_the_phone_only_when_photos_are_shared(phone: Phone, app_site: Site, a_photo) -> None:
    """Its record is written by another device, its bytes lie here as the camera would have put them."""
    email = app_site.address()
    phone.begins(email)
    phone.is_synced()
    owner = app_site.owner(email)
    visit, photo, coded = a_photo
    assert owner.push(visits=[visit], photos=[photo]) == []
    assert phone.script(KEEP_PHOTO, photo["id"], coded)
    phone.tap("Send and fetch now")
    phone.is_synced()
    address = f"{app_site.url}/v1/timelines/{owner.timeline_id}/photos/{photo['id']}"
    asked = urllib.request.Request(address, headers={"Authorization": f"Bearer {owner.token}"})
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(asked)

    phone.opens("#/sharing", "Sharing")
    phone.picks("scope", "photos")
    phone.tap("Make a code")
    code_shown(phone)
    phone.is_synced()
    phone.until(lambda: owner.rows()["photos"][photo["id"]]["uploaded"], "photo on the server")
    with urllib.request.urlopen(asked) as answer:
        assert answer.headers.get_content_type() == "image/jpeg"
    assert phone.complaints() == []
