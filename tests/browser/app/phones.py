"""The app in a browser, as somebody uses it: by what is written on the screen."""

from typing import Any

from selenium.common.exceptions import StaleElementReferenceException, TimeoutException, WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from tests.interop.person import PASSWORD

SECONDS = 20
SIZES = {"small": (360, 740), "phone": (390, 844), "tablet": (820, 1180), "desk": (1280, 900)}
NOT_OURS = ("RxDB Open Core", "litert_wasm_compat_internal")
"""RxDB speaks of its other storages once; LiteRT writes of everything it does as of an error."""

NOTING = """
    arguments[0].scrollIntoView({block: "center"});
    window.clickArrived = false;
    arguments[0].addEventListener("click", () => (window.clickArrived = true), {once: true});
"""


class Phone:
    """A browser at /app/."""

    def __init__(self, driver: Any, url: str) -> None:
        self.driver, self.url = driver, url
        driver.get_log("browser")  # What was said to those who used this browser before.

    def begin(self) -> None:
        """Opens the app as on a new phone."""
        self.driver.get("about:blank")
        what = {"origin": self.url, "storageTypes": "all"}
        self.driver.execute_cdp_cmd("Storage.clearDataForOrigin", what)
        self.size("phone")
        self.driver.get(f"{self.url}/app/")
        self.sees("Your skin over time")

    def size(self, name: str) -> None:
        width, height = SIZES[name]
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": name != "desk"}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def opens(self, path: str, heading: str) -> None:
        self.driver.get(f"{self.url}/app/{path}")
        self.until(lambda: self.driver.find_element(By.TAG_NAME, "h1").text == heading, f"heading {heading}")

    def until(self, true: Any, what: str) -> None:
        waiting = WebDriverWait(self.driver, SECONDS, 0.1, (StaleElementReferenceException, Exception))
        try:
            waiting.until(lambda _: true())
        except TimeoutException:
            raise AssertionError(f"no {what} in:\n{self.text}") from None

    @property
    def text(self) -> str:
        return str(self.driver.find_element(By.TAG_NAME, "body").text)

    def sees(self, words: str) -> None:
        self.until(lambda: words in self.text, repr(words))

    def sees_no_more(self, words: str) -> None:
        self.until(lambda: words not in self.text, f"screen without {words!r}")

    def element(self, selector: str) -> WebElement:
        found: list[WebElement] = []
        self.until(lambda: found.append(self.driver.find_element(By.CSS_SELECTOR, selector)) or True, selector)
        return found[-1]

    def tap(self, words: str, within: str = "body") -> None:
        """Taps the first button, link, choice or summary that is called so."""
        parts = "self::a or self::button or self::summary or self::label"
        path = f'.//*[{parts}][normalize-space() = "{words}"]'

        def tapped() -> bool:
            box = self.driver.find_element(By.CSS_SELECTOR, within)
            found = next(each for each in box.find_elements(By.XPATH, path) if each.is_displayed())
            self.driver.execute_script(NOTING, found)
            try:
                found.click()
            except WebDriverException:
                # On a busy machine the driver may find the element gone once the click has done its work.
                return bool(self.driver.execute_script("return window.clickArrived"))
            return True

        self.until(tapped, f"{words!r} to tap")

    def fills(self, **fields: str) -> None:
        """Types into the fields of these names; a date or a choice is set."""
        for name, value in fields.items():
            field = self.element(f"form [name={name}]:not([type=radio])")
            if field.get_attribute("type") in ("date", "time") or field.tag_name == "select":
                self.driver.execute_script("arguments[0].value = arguments[1]", field, value)
            else:
                field.clear()
                field.send_keys(value)

    def picks(self, name: str, value: str) -> None:
        """Taps the number or the choice with this value."""
        field = self.element(f"input[name={name}][value='{value}']")
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'}); arguments[0].click()", field)

    def begins_alone(self) -> None:
        """Begins without an account."""
        self.begin()
        self.tap("Try it without an account")
        self.sees("Not for this app")
        self.tap("Go on")
        self.sees("How are you today?")

    def signs_up(self, email: str, born_on: str = "1990-05-17") -> None:
        self.opens("#/sign-up", "Create an account")
        self.fills(name="Kim", email=email, password=PASSWORD, born_on=born_on, country="DE")
        self.tap("Create the account")

    def begins(self, email: str) -> None:
        """Begins with a new account."""
        self.begin()
        self.signs_up(email)
        self.sees("Not for this app")
        self.tap("Go on")
        self.sees("How are you today?")

    def adds_treatment(self, name: str) -> None:
        self.opens("#/course", "Add a treatment")
        self.fills(name=name)
        self.tap("Save")
        self.sees("Side effects")
        self.sees(name)

    def checks_in(self, mood: int) -> None:
        self.opens("#/today", "Today")
        self.picks("mood", str(mood))
        self.tap("Save")

    def is_synced(self) -> None:
        self.opens("#/me", "Me")
        self.sees("Everything is on the server.")

    def script(self, code: str, *given: Any) -> Any:
        """Runs a script that calls back with its result, the last of its arguments."""
        return self.driver.execute_async_script(f"const done = arguments[arguments.length - 1]; {code}", *given)

    def complaints(self) -> list[str]:
        """What the browser logged as errors since this was asked last."""
        found = [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] == "SEVERE"]
        return [message for message in found if not any(theirs in message for theirs in NOT_OURS)]
