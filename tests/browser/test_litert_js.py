"""The web code of INTEGRATE.md, bundled to a worker, gives the golden outputs of the default file in Chromium."""

import functools
import json
import shutil
import subprocess
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from mobile_models.bundle import FACE_FILE, Bundle

SECONDS = 120
PAGE = """<!doctype html><title>LiteRT.js</title>
<script type="module">
import { assess } from "/page.js";
window.assessFile = async (file, view, guided) =>
  assess(await createImageBitmap(await (await fetch(file)).blob(), { colorSpaceConversion: "none" }), view, guided);
</script>
"""
ASK = """const [file, view, guided, answer] = arguments;
const ask = () => window.assessFile
  ? window.assessFile(file, view, guided).then(answer, (error) => answer(String(error)))
  : requestAnimationFrame(ask);
ask();"""
POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'"
)
"""What INTEGRATE.md says of it, and this page's own line of script."""


@pytest.fixture(scope="module")
def default_file(golden_bundle):
    return Bundle.open(golden_bundle).model_file


@pytest.fixture(scope="module")
def site(npm, tmp_path_factory, golden_bundle, integrate_code, default_file):
    """A folder with what INTEGRATE.md has served, and nothing else but the page and the golden photos."""
    folder = tmp_path_factory.mktemp("litert_js")
    [worker], [page], [command] = (integrate_code(fence) for fence in ("js worker", "js page", "sh worker"))
    (npm / "lesions.worker.js").write_text(worker)
    shutil.copy(golden_bundle / "web" / "lesions.js", npm)
    subprocess.run(command, shell=True, cwd=npm, check=True, capture_output=True)
    shutil.copy(npm / "worker.js", folder)
    (folder / "page.js").write_text(page)
    (folder / "index.html").write_text(PAGE)
    (folder / "wasm").mkdir()
    for name in ("litert_wasm_compat_internal.js", "litert_wasm_compat_internal.wasm"):
        (folder / "wasm" / name).symlink_to(npm / "node_modules" / "@litertjs" / "core" / "wasm" / name)
    for name in ("manifest.json", default_file, FACE_FILE):
        (folder / name).symlink_to(golden_bundle / name)
    (folder / "photos").symlink_to(golden_bundle / "golden" / "photos")
    return folder


class Quiet(SimpleHTTPRequestHandler):
    def end_headers(self):
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, *_):
        """Keep the test's output clean."""


@pytest.fixture(scope="module")
def page(site):
    """The address of the page."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(site)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/index.html"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_web_path_gives_the_golden_assessments(page, start_browser, golden_bundle):
    golden = golden_bundle / "golden"
    index = json.loads((golden / "index.json").read_text())
    browser = start_browser()
    browser.set_script_timeout(SECONDS)
    browser.get(page)
    for entry in (entry for entry in index["photos"] if entry["name"] in ("crowded", "tiny", "left", "nobody")):
        found = browser.execute_async_script(ASK, f"/{entry['photo']}", entry["view"], entry["guided"])
        assert isinstance(found, dict), found
        expected = json.loads((golden / "visits" / f"{entry['name']}.json").read_text())
        assert {name: count["value"] for name, count in found["counts"].items()} == {
            name: count["value"] for name, count in expected["counts"].items()
        }
        assert {name: grade.get("value") for name, grade in found["grades"].items()} == {
            name: grade.get("value") for name, grade in expected["grades"].items()
        }
        warned, golden_warned = (
            [[warning["code"] for warning in photo["quality"]["warnings"]] for photo in visit["photos"]]
            for visit in (found, expected)
        )
        assert warned == golden_warned
        assert found["model"] == expected["model"]
