"""The web code of INTEGRATE.md, bundled to a worker, gives the golden outputs of the default file in Chromium."""

import functools
import json
import shutil
import subprocess
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from mobile_models.bundle import Bundle

SECONDS = 120
PAGE = """<!doctype html><title>LiteRT.js</title>
<script type="module">
import { detect } from "/page.js";
window.detectFile = async (file) =>
  detect(await createImageBitmap(await (await fetch(file)).blob(), { colorSpaceConversion: "none" }));
</script>
"""
ASK = """const [file, answer] = arguments;
const ask = () => window.detectFile
  ? window.detectFile(file).then(answer, (error) => answer(String(error)))
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
    """A folder with what INTEGRATE.md has served, and nothing else but the page and the golden squares."""
    folder = tmp_path_factory.mktemp("litert_js")
    [worker], [page], [command] = (integrate_code(fence) for fence in ("js worker", "js page", "sh worker"))
    (npm / "lesions.worker.js").write_text(worker)
    subprocess.run(command, shell=True, cwd=npm, check=True, capture_output=True)
    shutil.copy(npm / "lesions.js", folder)
    (folder / "page.js").write_text(page)
    (folder / "index.html").write_text(PAGE)
    (folder / "wasm").mkdir()
    for name in ("litert_wasm_compat_internal.js", "litert_wasm_compat_internal.wasm"):
        (folder / "wasm" / name).symlink_to(npm / "node_modules" / "@litertjs" / "core" / "wasm" / name)
    for name in ("manifest.json", default_file):
        (folder / name).symlink_to(golden_bundle / name)
    (folder / "squares").symlink_to(golden_bundle / "golden" / "squares")
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


def strangers(rows, others, tolerance):
    """Rows [n, 5] of boxes and score that have no such row among the others."""
    told = rows[rows[:, 4] >= tolerance["from_score"]]
    near = np.array([tolerance["box"]] * 4 + [tolerance["score"]])
    return [row for row in told if not (np.abs(others - row) <= near).all(axis=1).any()]


def test_the_web_path_gives_the_golden_outputs(page, start_browser, golden_bundle, default_file):
    golden = golden_bundle / "golden"
    index = json.loads((golden / "index.json").read_text())
    tolerance = index["tolerance"]["raw_quantised"]
    browser = start_browser()
    browser.set_script_timeout(SECONDS)
    browser.get(page)
    for entry in (entry for entry in index["photos"] if entry["name"] in ("crowded", "tiny")):
        found = browser.execute_async_script(ASK, f"/{entry['square']}")
        assert isinstance(found, list), found
        boxes, _, scores, count = (np.array(numbers) for numbers in found)
        rows = np.column_stack((boxes.reshape(-1, 4), scores))
        raw = np.frombuffer((golden / entry["raw"][default_file]).read_bytes(), "<f4")
        expected = np.column_stack((raw[:1200].reshape(-1, 4), raw[1500:1800]))
        assert count[0] == raw[1800] == len(rows)
        assert (expected[:, 4] >= tolerance["from_score"]).sum() >= 5
        assert not strangers(rows, expected, tolerance)
        assert not strangers(expected, rows, tolerance)
