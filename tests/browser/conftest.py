"""A server on a free port with the small clinic, and Debian's Chromium."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from server.application.factory import create_app
from server.foundation import db
from server.foundation.config import Config
from server.migrations.runner import upgrade
from server.running.demo.clinic import DERMATOLOGIST, PASSWORD, load

CHROMIUM, DRIVER = "/usr/bin/chromium", "/usr/bin/chromedriver"
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE = {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True}
DESK = {"width": 1280, "height": 900, "deviceScaleFactor": 1, "mobile": False}


@pytest.fixture(scope="session")
def site(small_clinic: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running server with the small clinic in it."""
    folder = tmp_path_factory.mktemp("site")
    app = create_app(
        Config(
            database_url=f"sqlite:///{folder / 'acnetrack.db'}",
            photo_dir=folder / "photos",
            key_dir=folder / "keys",
            model_store_dir=folder / "model-store",
            models_dir=small_clinic / "models",
        )
    )
    with app.app_context():
        upgrade(db.engine())
    load(app, small_clinic)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
    app.extensions["acnetrack.engine"].dispose()


@pytest.fixture(scope="session")
def start_browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable]:
    """Starts Chromium: `start_browser(scripts=False)`. Skips where it is not installed, but not in CI."""
    if not (Path(CHROMIUM).exists() and Path(DRIVER).exists()):
        if os.environ.get("CI"):
            pytest.fail("Chromium is missing: apt-get install chromium chromium-driver")
        pytest.skip("needs Debian's chromium and chromium-driver")
    from selenium import webdriver

    started = []

    def start(scripts: bool = True):
        options = webdriver.ChromeOptions()
        options.binary_location = CHROMIUM
        profile = tmp_path_factory.mktemp("profile")
        for flag in (*FLAGS, f"--user-data-dir={profile}"):
            options.add_argument(flag)
        if not scripts:
            options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
        driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
        started.append((driver, profile))
        return driver

    yield start
    for driver, profile in started:
        driver.quit()
        shutil.rmtree(profile, ignore_errors=True)


@pytest.fixture(scope="session")
def browser(start_browser: Callable, site: str):
    """A browser in which the dermatologist is signed in."""
    driver = start_browser()
    sign_in(driver, site)
    return driver


@pytest.fixture
def as_phone(browser):
    """The browser as a phone of 390 × 844 pixels."""
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PHONE)
    return browser


@pytest.fixture
def as_desk(browser):
    """The browser on a desk, 1280 pixels wide."""
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", DESK)
    return browser


def sign_in(driver, site: str) -> None:
    """Sign in as the clinic's dermatologist, by the form."""
    driver.get(f"{site}/sign-in")
    driver.find_element("id", "email").send_keys(DERMATOLOGIST[1])
    driver.find_element("id", "password").send_keys(PASSWORD)
    driver.find_element("css selector", "form.card button").click()


@pytest.fixture(scope="session")
def signing_in() -> Callable:
    return sign_in
