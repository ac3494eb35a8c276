"""Every screen for everybody: axe-core, sizes, languages, keyboard. One visit of each serves all of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.browser.app.phones import SIZES, Phone
from tests.browser.app.sites import Site

SCREENS = (
    *("#/today", "#/care", "#/course", "#/side-effect", "#/reminder", "#/red-flags", "#/help?because=1", "#/me"),
    *("#/sharing", "#/export", "#/refused", "#/sign-out", "#/erase", "#/erased", "#/consent", "#/sign-up", "#/sign-in"),
)
WIDER = "return document.documentElement.scrollWidth > innerWidth"
SMALL_TARGETS = """
return [...document.querySelectorAll("button, select, textarea, nav a, ul.links a, .button, input:not([type=hidden])")]
  .filter((one) => one.checkVisibility() && (one.offsetWidth < 24 || one.offsetHeight < 24))
  .map((one) => one.outerHTML);
"""
CUT_OFF = """
return [...document.querySelectorAll("button, .button, nav span, .chip, legend, label, h1, h2")]
  .filter((one) => one.checkVisibility() && getComputedStyle(one).display !== "inline")
  .filter((one) => one.scrollWidth > one.clientWidth + 1)
  .map((one) => one.textContent);
"""
AXE = """
axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }).then(
  ({ violations }) => done(violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)])),
);
"""


@pytest.fixture(scope="module")
def somebody(app_browser, app_site: Site) -> Iterator[Phone]:
    """A phone with an account, a treatment and a check-in on it."""
    phone = Phone(app_browser, app_site.url)
    phone.begins(app_site.address())
    phone.adds_treatment("Adapalene 0.1 %")
    phone.checks_in(6)
    phone.is_synced()
    yield phone
    phone.size("phone")


def shows(phone: Phone, path: str) -> None:
    """Goes to a screen without starting the app anew."""
    leave = "document.querySelector('main').firstElementChild.dataset.left = ''; location.hash = arguments[0]"
    phone.driver.execute_script(leave, path)
    phone.until(lambda: not phone.driver.find_elements(By.CSS_SELECTOR, "[data-left]"), f"other screen at {path}")
    phone.until(lambda: phone.driver.find_element(By.CSS_SELECTOR, "main h1").text, f"heading at {path}")


def speaks(phone: Phone, language: str) -> None:
    if phone.driver.execute_script("return location.hash") != "#/me":
        shows(phone, "#/me")
    choose = "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('change'))"
    if phone.driver.find_element(By.TAG_NAME, "html").get_attribute("lang") != language:
        phone.driver.execute_script(choose, phone.element("#language"), language)
        phone.until(lambda: phone.driver.find_element(By.TAG_NAME, "html").get_attribute("lang") == language, language)
        phone.until(lambda: phone.driver.find_element(By.CSS_SELECTOR, "main h1").text, "screen in the language")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_screen(somebody: Phone, app_packages: Path, scheme: str) -> None:
    axe = (app_packages / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")
    features = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    somebody.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", features)
    found = {}
    for path in SCREENS:
        shows(somebody, path)
        somebody.driver.execute_script(axe)
        found[path] = somebody.script(AXE)
    assert {path: violations for path, violations in found.items() if violations} == {}


@pytest.mark.parametrize("language", ["en", "de", "ar"])
def test_every_text_fits_and_every_target_can_be_hit(somebody: Phone, language: str) -> None:
    speaks(somebody, language)
    found = {}
    for path in SCREENS:
        shows(somebody, path)
        for size in SIZES if language == "en" else ("small",):
            somebody.size(size)
            run = somebody.driver.execute_script
            found[path, size] = (run(WIDER), run(SMALL_TARGETS), run(CUT_OFF))
    speaks(somebody, "en")
    assert {where: wrong for where, wrong in found.items() if wrong != (False, [], [])} == {}


def test_a_check_in_needs_no_more_than_a_keyboard(phone: Phone) -> None:
    phone.begins_alone()
    active = phone.driver.switch_to.active_element
    assert active.tag_name == "h1"
    reached = []
    for _ in range(30):
        phone.driver.switch_to.active_element.send_keys(Keys.TAB)
        active = phone.driver.switch_to.active_element
        reached.append(active.get_attribute("name") or active.text)
        if active.get_attribute("name") == "mood":
            active.send_keys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
        if active.text == "Save":
            active.send_keys(Keys.ENTER)
            break
    assert "mood" in reached
    phone.sees("Mood: 4 of 10")
