"""A visit through the camera: Chromium's own, which shows films of drawn faces."""

import json
import re
import time
from contextlib import suppress

import pytest
from PIL import Image
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.by import By

from tests.browser.app import cameras
from tests.browser.app.cameras import golden
from tests.browser.app.phones import Phone

SLOW = 240
"""Seconds that a visit may take where the machine does much else; alone it takes twenty."""


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    return tmp_path_factory.mktemp("camera") / "film.y4m"


@pytest.fixture(scope="module")
def camera_browser(start_browser, film):
    cameras.show(film, cameras.still(1, golden("front")))
    browser = start_browser(flags=cameras.flags(film))
    browser.set_script_timeout(60)
    return browser


@pytest.fixture
def phone(camera_browser, app_site):
    """A phone on which nothing was photographed yet, and whose owner lets the app use the camera."""
    allow(camera_browser, app_site.url, "granted")
    phone = Phone(camera_browser, app_site.url)
    phone.begins_alone()
    return phone


def allow(browser, origin, setting):
    permission = {"permission": {"name": "camera"}, "setting": setting, "origin": origin}
    browser.execute_cdp_cmd("Browser.setPermission", permission)


def starts(phone, careful=False):
    phone.opens("#/photo", "Take photos")
    box = phone.element("#careful")
    if box.is_selected() != careful:
        box.click()
    phone.tap("Start the camera")
    phone.element(".capture")


def waits(phone, true, seconds=SLOW):
    """Waits until something is true, for as long as a visit may take."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with suppress(StaleElementReferenceException):  # The screen changed while it was looked at.
            if true():
                return
        time.sleep(0.1)
    raise AssertionError(phone.text)


def is_at(phone, words):
    return lambda: any(words in each.text for each in phone.driver.find_elements(By.TAG_NAME, "h1"))


ROWS = """
const asked = indexedDB.open("rxdb-dexie-acnetrack--0--" + arguments[0]);
asked.onsuccess = () => {
  const all = asked.result.transaction("docs").objectStore("docs").getAll();
  all.onsuccess = () => (asked.result.close(), done(JSON.stringify(all.result)));
};
"""


def rows(phone, table):
    return json.loads(phone.script(ROWS, table))


def test_three_views_are_taken_by_themselves_and_counted(phone, film):
    cameras.show(film, cameras.turning(map(golden, ("front", "left", "right"))))
    starts(phone)
    waits(phone, is_at(phone, "Visit of"))
    waits(phone, lambda: "inflamed spots" in phone.text)
    photos, [visit], [assessment] = rows(phone, "photos"), *(rows(phone, table) for table in ("visits", "assessments"))
    assert sorted(photo["view"] for photo in photos) == ["front", "left", "right"]
    assert {(photo["width_px"], photo["height_px"], photo["kept_anyway"]) for photo in photos} == {(600, 800, False)}
    assert (visit["guided"], visit["frames"]) == (True, 1)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", visit["recorded_at"])
    result = json.loads(assessment["result"])
    assert result["unavailable"] is None
    assert all(photo["quality"]["ok"] for photo in result["photos"])
    assert set(result["zones"]) == {"forehead", "left_cheek", "right_cheek", "nose", "chin"}
    drawn = phone.driver.find_elements(By.CSS_SELECTOR, ".views .lesions g")
    assert len(drawn) == sum(lesion["counted"] for photo in result["photos"] for lesion in photo["lesions"])
    assert rows(phone, "assessments")[0]["model_sha256"] == result["model"]["sha256"]


def two_people():
    both, one = Image.new("RGB", cameras.SIZE, cameras.GREY), golden("front").resize((300, 400))
    both.paste(one, (0, 200))
    both.paste(one, (300, 200))
    return both


HOSTILE = {
    "black": (lambda: [Image.new("RGB", cameras.SIZE)], "The picture is black."),
    "frozen": (lambda: [golden("front")], "The picture stands still."),
    "upside down": (lambda: cameras.still(2, golden("front").rotate(180)), "The picture is upside down."),
    "two people": (lambda: cameras.still(2, two_people()), "More than one face is seen."),
    "far away": (lambda: cameras.still(2, cameras.far(golden("front"))), "Closer."),
    "the wrong side": (lambda: cameras.still(2, golden("left")), "Turn your head a little to your left."),
}


def test_a_camera_that_shows_something_else_is_told_what_is_wrong_and_takes_nothing(phone, film):
    for name, (frames, words) in HOSTILE.items():
        cameras.show(film, frames())
        starts(phone)
        waits(phone, lambda said=words: said in phone.element(".capture .hint").text, 20)
        end = time.monotonic() + 2.5
        while time.monotonic() < end:
            assert phone.element(".capture").get_attribute("data-phase") in ("seeking", "checking"), name
        phone.tap("Close")
        phone.sees("How are you today?")
    assert rows(phone, "photos") == []


def test_a_photo_that_can_not_be_judged_is_said_to_be_so_and_kept_only_as_such(phone, film):
    cameras.show(film, cameras.still(2, Image.new("RGB", cameras.SIZE, (30, 28, 26))))
    starts(phone)
    phone.element(".shutter").click()
    waits(phone, lambda: "This photo cannot be judged" in phone.text)
    phone.sees("No face is seen.")
    phone.tap("Take it again")
    waits(phone, lambda: "1 of 3" in phone.text)
    phone.element(".shutter").click()
    waits(phone, lambda: "Keep it anyway" in phone.text)
    phone.tap("Keep it anyway")
    waits(phone, lambda: "2 of 3" in phone.text)
    phone.tap("Finish now")
    waits(phone, lambda: "This visit cannot be judged" in phone.text)
    assert "inflamed spot" not in phone.text
    assert "IGA" not in phone.text
    [photo] = rows(phone, "photos")
    assert photo["kept_anyway"] is True
    phone.opens("#/skin", "My skin")
    phone.sees("No visit can be compared yet")
    phone.sees("kept anyway, not a result")


def test_what_was_taken_before_the_app_was_killed_is_offered_again(phone, film):
    cameras.show(film, cameras.still(2, golden("front")))
    starts(phone)
    waits(phone, lambda: "2 of 3" in phone.text)
    killed = phone.driver.current_window_handle
    phone.driver.switch_to.new_window("tab")
    opened = phone.driver.current_window_handle
    phone.driver.switch_to.window(killed)
    phone.driver.close()
    phone.driver.switch_to.window(opened)
    phone.size("phone")
    phone.opens("#/photo", "A visit is not finished")
    phone.sees("One photo of")
    phone.tap("Go on")
    waits(phone, lambda: "2 of 3" in phone.text)
    phone.tap("Close")
    phone.sees("How are you today?")
    phone.opens("#/photo", "A visit is not finished")
    phone.tap("Save it as it is")
    waits(phone, lambda: "inflamed spot" in phone.text)
    assert [photo["view"] for photo in rows(phone, "photos")] == ["front"]
    phone.opens("#/today", "Today")
    phone.opens("#/photo", "Take photos")


def test_without_a_camera_it_says_what_to_do_and_takes_a_file(phone, film, tmp_path, app_site):
    allow(phone.driver, app_site.url, "denied")
    around = Image.new("RGB", (1500, 1400), cameras.GREY)
    around.paste(golden("front"), (640, 300))
    file, text = tmp_path / "photo.jpg", tmp_path / "words.jpg"
    sideways = Image.Exif()
    sideways[0x0112] = 6
    around.rotate(90, expand=True).save(file, quality=95, exif=sideways)
    text.write_text("no photo")
    starts(phone)
    waits(phone, lambda: "This app may not use the camera." in phone.text)
    chooser = phone.element(".capture input[type=file]")
    assert "image/heic" in chooser.get_attribute("accept")
    chooser.send_keys(str(text))
    waits(phone, lambda: "This browser cannot read that file." in phone.text)
    phone.tap("All right")
    chooser.send_keys(str(file))
    waits(phone, lambda: "2 of 3" in phone.text)
    phone.tap("Finish now")
    waits(phone, lambda: "inflamed spot" in phone.text)
    [assessment] = rows(phone, "assessments")
    [read] = json.loads(assessment["result"])["photos"]
    assert [warning["code"] for warning in read["quality"]["warnings"]] == []


def test_a_careful_visit_takes_three_frames_a_view_and_wants_movement_between(phone, film):
    cameras.show(film, cameras.turning([golden("front")], 6))
    starts(phone, careful=True)
    waits(phone, lambda: "3 of 9" in phone.text)
    phone.tap("Close")
    phone.sees("How are you today?")
    cameras.show(film, cameras.still(2, golden("front")))
    phone.opens("#/photo", "A visit is not finished")
    phone.tap("Go on")
    waits(phone, lambda: "Lower the phone for a moment" in phone.text)
    end = time.monotonic() + 3
    while time.monotonic() < end:
        assert phone.element(".capture").get_attribute("data-phase") in (None, "seeking")
    assert "3 of 9" in phone.text
    phone.tap("Close")
