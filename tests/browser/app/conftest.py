"""One server and one browser for all tests of the app; each begins as on a new phone."""

import base64
import hashlib
import io
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.browser.app.phones import Phone
from tests.browser.app.sites import Site
from tests.once import once

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def app_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("app-site"))
    yield site
    site.close()


@pytest.fixture(scope="session")
def app_browser(start_browser: Callable):
    return start_browser()


@pytest.fixture
def phone(app_browser, app_site: Site) -> Iterator[Phone]:
    app_site.seen.clear()
    yield Phone(app_browser, app_site.url)
    for window in app_browser.window_handles[1:]:
        app_browser.switch_to.window(window)
        app_browser.close()
    app_browser.switch_to.window(app_browser.window_handles[0])


@pytest.fixture
def a_photo() -> tuple[dict[str, Any], dict[str, Any], str]:
    """A visit, the record of its photo, and the photo itself in base64: a drawn one."""
    drawn = io.BytesIO()
    Image.radial_gradient("L").convert("RGB").resize((240, 320)).save(drawn, "JPEG")
    data = drawn.getvalue()
    visit = {"id": "visit-0001", "recorded_at": "2026-03-01T08:30:00+01:00", "guided": True}
    photo = {"id": "photo-0001", "visit_id": "visit-0001", "view": "front", "media_type": "image/jpeg"}
    sizes = {"width_px": 240, "height_px": 320, "sha256": hashlib.sha256(data).hexdigest()}
    return visit, {**photo, **sizes}, base64.b64encode(data).decode()


@pytest.fixture(scope="session")
def app_packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of server/phone, and of what it is built from, with the packages of its lockfile."""
    if not (command := shutil.which("npm")):
        if os.environ.get("CI"):
            pytest.fail("npm is missing: apt-get install nodejs npm")
        pytest.skip("needs npm")
    web = "mobile_models/released/web"

    def install(folder: Path) -> None:
        for part in ("server/phone", "server/clients", "server/people/accounts", "server/pages/static", web):
            shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("node_modules", "__pycache__"))
        shutil.copy(ROOT / "mobile_models" / "keys.py", folder / "mobile_models")
        flags = ["--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund"]
        phone = folder / "server" / "phone"
        done = subprocess.run([command, "ci", *flags], cwd=phone, capture_output=True, text=True, check=False)
        if done.returncode and not os.environ.get("CI"):
            pytest.skip("needs the packages of server/phone/package-lock.json from npm's registry or its cache")
        assert done.returncode == 0, done.stderr[-2000:]

    return once(tmp_path_factory, "app-packages", install) / "server" / "phone"
