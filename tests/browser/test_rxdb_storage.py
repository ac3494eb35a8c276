"""The storage of INTEGRATE.md in Chromium: a visit is written offline, kept over a reload, and synced."""

import json
import shutil
import subprocess
import threading
from pathlib import Path

import pytest
from werkzeug.middleware.shared_data import SharedDataMiddleware
from werkzeug.serving import make_server

from server.application.factory import create_app
from server.foundation import db
from server.foundation.config import Config
from server.migrations.runner import upgrade
from tests.interop.person import PASSWORD, Person

CLIENTS = Path(__file__).parents[2] / "server" / "clients"
PAGE = '<!doctype html><title>RxDB</title><script src="/phone/bundle.js"></script>'
ENTRY = """import { openTimeline } from "./open.js";
window.does = async (account, work) => {
  const opened = await openTimeline(account);
  const value = await work(opened);
  await opened.database.close();
  return value;
};"""
RUN = """const [account, work, answer] = arguments;
window.does(account, eval(work)).then(answer, (error) => answer(String(error.stack)));"""
VISIT = {
    **{"id": "visit-0001", "recorded_at": "2026-03-01T08:30:00+01:00", "guided": True},
    **{"frames": None, "note": None, "amends": None},
}


@pytest.fixture(scope="module")
def bundle(npm, sync_code, tmp_path_factory):
    """A folder with the page, the clients and the code of INTEGRATE.md bundled for it."""
    folder = tmp_path_factory.mktemp("rxdb")
    (folder / "node_modules").symlink_to(npm / "node_modules")
    for file in CLIENTS.glob("*.js"):
        shutil.copy(file, folder)
    for name, fence in (("database", "js rxdb"), ("open", "js storage")):
        [code] = sync_code(fence)
        (folder / f"{name}.js").write_text(code)
    (folder / "entry.js").write_text(ENTRY)
    served = folder / "served"
    served.mkdir()
    (served / "index.html").write_text(PAGE)
    esbuild = [str(npm / "node_modules" / ".bin" / "esbuild"), "entry.js", "--bundle", "--outfile=served/bundle.js"]
    done = subprocess.run(esbuild, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return served


@pytest.fixture
def server_url(bundle, tmp_path):
    """A server that serves the page too, as the same site."""
    folders = {"photo_dir": tmp_path / "photos", "key_dir": tmp_path / "keys", "model_store_dir": tmp_path / "models"}
    app = create_app(Config(database_url=f"sqlite:///{tmp_path / 'acnetrack.db'}", **folders))
    with app.app_context():
        upgrade(db.engine())
    server = make_server("127.0.0.1", 0, SharedDataMiddleware(app, {"/phone": str(bundle)}), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
    app.extensions["acnetrack.engine"].dispose()


@pytest.fixture
def kim(server_url):
    someone = Person(server_url, "kim@example.org", "patient")
    account = {"email": someone.email, "name": "Kim", "password": PASSWORD, "role": someone.role}
    someone.call("POST", "/v1/accounts", {**account, "born_on": "1990-05-17", "country": "DE"})
    someone.token = someone.sign_in()
    someone.timeline_id = someone.call("GET", "/v1/timelines")["timelines"][0]["id"]
    return someone


@pytest.fixture
def phone(start_browser, server_url, kim):
    """Runs JavaScript on the opened timeline, in a page that was just loaded."""
    browser = start_browser()
    browser.set_script_timeout(120)
    account = {"server": server_url, "timeline": kim.timeline_id, "token": kim.token}

    def does(work):
        browser.get(f"{server_url}/phone/index.html")
        return browser.execute_async_script(RUN, account, work)

    return does


def test_what_is_written_in_a_browser_is_kept_over_a_reload_and_synced(phone, kim):
    insert = f"async ({{ database }}) => (await database.visits.insert({json.dumps(VISIT)})).id"
    assert phone(insert) == "visit-0001"
    assert kim.rows() == {}
    read = "async ({ database }) => (await database.visits.find().exec()).map((visit) => visit.toJSON())"
    assert phone(read) == [VISIT]
    assert phone("({ sync }) => sync()") is None
    assert kim.rows()["visits"] == {"visit-0001": VISIT}
    assert phone(read) == [VISIT]
