"""My skin: visits that another device counted, as they are told, drawn and laid on each other."""

import base64
import copy
import datetime as dt
import hashlib
import io
import json
import urllib.request

import pytest
from PIL import Image
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from mobile_models.bundle import RELEASED

FIRST = json.loads((RELEASED / "golden" / "visits" / "first.json").read_text())
VIEWS = ("front", "left", "right")
CLEARING = [22, 25, 20, 19, 17, 14, 12, 11, 9, 8, 7.5, 8]
KEPT, UNJUDGED = 4, 6
"""Places of the visits that were kept anyway and that could not be judged."""


def counted(total):
    """The golden visit with so many inflamed spots."""
    visit = copy.deepcopy(FIRST)
    share = total / sum(zone["inflammatory"] for zone in visit["zones_expected"].values())
    for zone in visit["zones_expected"].values():
        zone.update({kind: share * number for kind, number in zone.items()})
    low, high = round(total * 0.6), round(total * 1.5) + 2
    visit["counts"]["inflammatory"] = {"value": round(total), "low": low, "high": high, "expected": total}
    return visit


def pushed(owner, totals, today):
    """Pushes a visit a week up to today, with a course from the third on."""
    first = today - dt.timedelta(weeks=len(totals) - 1)
    rows = {"visits": [], "photos": [], "assessments": []}
    for number, total in enumerate(totals):
        visit_id, moment = f"visit-{number:04}", f"{first + dt.timedelta(weeks=number)}T08:30:00+00:00"
        result = counted(total)
        if number == UNJUDGED:
            result["unavailable"] = {"code": "shaken", "message": "The photo is shaken."}
        rows["visits"].append({"id": visit_id, "recorded_at": moment, "guided": True, "frames": 1})
        model = {f"model_{name}": value for name, value in result["model"].items()}
        row = {"id": f"result-{number:04}", "visit_id": visit_id, "recorded_at": moment, "result": json.dumps(result)}
        rows["assessments"].append({**row, **model})
        size = {"width_px": 600, "height_px": 800, "media_type": "image/jpeg", "uploaded": False}
        for view in VIEWS:
            named = {"id": f"{visit_id}-{view}", "visit_id": visit_id, "view": view, "sha256": SHA256[view]}
            rows["photos"].append({**named, **size, "kept_anyway": number == KEPT})
    course = {"id": "course-0001", "name": "Adapalene 0.1 %", "kind": "topical"}
    rows["treatment_courses"] = [{**course, "started_on": str(first + dt.timedelta(weeks=2))}]
    assert owner.push(**rows) == []


def jpeg(view):
    kept = io.BytesIO()
    Image.open(RELEASED / "golden" / "photos" / f"{view}.png").convert("RGB").save(kept, "JPEG", quality=92)
    return kept.getvalue()


JPEGS = {view: jpeg(view) for view in VIEWS}
SHA256 = {view: hashlib.sha256(data).hexdigest() for view, data in JPEGS.items()}


def upload(owner, photo_id, data):
    digest = base64.b64encode(hashlib.sha256(data).digest()).decode()
    headers = {"Authorization": f"Bearer {owner.token}", "Content-Type": "image/jpeg"}
    address = f"{owner.url}/v1/timelines/{owner.timeline_id}/photos/{photo_id}"
    asked = urllib.request.Request(address, data, {**headers, "Content-Digest": f"sha-256=:{digest}:"}, method="PUT")
    with urllib.request.urlopen(asked) as answer:
        assert answer.status in (200, 201, 204)


@pytest.fixture
def clearing(phone, app_site):
    """A phone to which three months of visits came from another device."""
    email = app_site.address()
    phone.begins(email)
    phone.is_synced()
    owner = app_site.owner(email)
    pushed(owner, CLEARING, dt.datetime.now(dt.UTC).date())
    return phone, owner


def test_a_fall_is_told_in_words_first_with_what_is_left_out_and_never_as_the_treatments_work(clearing):
    phone, _ = clearing
    phone.tap("Send and fetch now")
    phone.is_synced()
    phone.opens("#/skin", "My skin")
    phone.sees("About 8 inflamed spots now (5–12), 21 at the start")
    phone.sees("fewer on your face")
    phone.sees("Likely more than ordinary ups and downs.")
    phone.sees("Whether a treatment did it cannot be told")
    phone.sees("kept anyway")
    chart = phone.element("svg.chart")
    assert len(chart.find_elements(By.CSS_SELECTOR, ".compared .mark")) == len(CLEARING) - 2
    assert len(chart.find_elements(By.CSS_SELECTOR, ".without")) == 2
    assert len(chart.find_elements(By.CSS_SELECTOR, ".course .bar")) == 1
    assert f"at {len(CLEARING)} visits" in chart.get_attribute("aria-label")
    phone.tap("The same as a table")
    rows = phone.driver.find_elements(By.CSS_SELECTOR, "tbody tr")
    levels = [row.find_elements(By.TAG_NAME, "td")[1].text for row in rows]
    assert len(levels) == len(CLEARING)
    assert levels.count("–") == 2


def test_two_visits_are_laid_on_each_other_by_the_face(clearing):
    phone, owner = clearing
    for number in (0, len(CLEARING) - 1):
        upload(owner, f"visit-{number:04}-front", JPEGS["front"])
    phone.tap("Send and fetch now")
    phone.is_synced()
    phone.opens("#/compare", "Compare two visits")
    phone.sees("Laid on each other by eyes, nose and mouth.")
    above = phone.driver.find_elements(By.CSS_SELECTOR, ".pair-frame canvas")[1]
    assert above.value_of_css_property("clip-path") == "inset(0px 0px 0px 50%)"
    slide = "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input'))"
    phone.driver.execute_script(slide, phone.element("#divider"), 80)
    assert above.value_of_css_property("clip-path") == "inset(0px 0px 0px 80%)"
    phone.driver.execute_script(slide, phone.element("#zoom"), 2)
    assert "matrix(2," in phone.element(".pair-frame .moved").value_of_css_property("transform")
    press = "arguments[0].dispatchEvent(new PointerEvent(arguments[1]))"
    hold = phone.element(".pair .button")
    phone.driver.execute_script(press, hold, "pointerdown")
    assert "away" in above.get_attribute("class")
    phone.driver.execute_script(press, hold, "pointerup")
    assert "away" not in above.get_attribute("class")
    Select(phone.element("#later")).select_by_index(3)
    phone.sees("the photo is not on this phone")


def test_a_spot_that_is_no_pimple_is_marked_by_keys_and_followed(clearing):
    phone, owner = clearing
    upload(owner, "visit-0000-front", JPEGS["front"])
    phone.tap("Send and fetch now")
    phone.is_synced()
    phone.driver.get(f"{phone.url}/app/#/result/visit-0000")
    phone.tap("Mark a spot that is no pimple")
    for key in (Keys.ARROW_RIGHT, Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ENTER):
        phone.driver.switch_to.active_element.send_keys(key)
    phone.sees("Followed: still there")
    phone.tap("It is gone")
    phone.sees("Followed: gone")
    phone.is_synced()
    phone.until(lambda: owner.rows()["spots"], "spot on the server")
    [spot] = owner.rows()["spots"].values()
    assert (spot["x"], spot["y"], spot["still_there"]) == (pytest.approx(0.51), pytest.approx(0.52), False)
