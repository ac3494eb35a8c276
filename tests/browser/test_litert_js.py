"""The web code of INTEGRATE.md, with LiteRT.js in Chromium, gives the golden outputs of the float32 file."""

import functools
import json
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from mobile_models.export.golden import FLOAT32

SECONDS = 120
PAGE = """<!doctype html><title>LiteRT.js</title>
<script type="importmap">{"imports": {
  "@litertjs/core": "/node_modules/@litertjs/core/dist/index.js",
  "@litertjs/wasm-utils": "/node_modules/@litertjs/wasm-utils/dist/index.js"}}</script>
<script type="module">
import { detect } from "/detect.js";
window.detectFile = async (file) => {
  const picture = await createImageBitmap(await (await fetch(file)).blob(), { colorSpaceConversion: "none" });
  const canvas = new OffscreenCanvas(picture.width, picture.height);
  canvas.getContext("2d").drawImage(picture, 0, 0);
  return detect(canvas);
};
</script>
"""
ASK = """const [file, answer] = arguments;
const ask = () => window.detectFile
  ? window.detectFile(file).then(answer, (error) => answer(String(error)))
  : requestAnimationFrame(ask);
ask();"""


@pytest.fixture(scope="module")
def litert_js(npm, tmp_path_factory):
    """A folder with LiteRT.js in it."""
    folder = tmp_path_factory.mktemp("litert_js")
    (folder / "node_modules").symlink_to(npm / "node_modules")
    return folder


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        """Keep the test's output clean."""


@pytest.fixture(scope="module")
def page(litert_js, golden_bundle, model_inputs, integrate_code):
    """The address of the page, served with the model, the wasm and the models' inputs."""
    [code] = integrate_code("js")
    (litert_js / "detect.js").write_text(code)
    (litert_js / "index.html").write_text(PAGE)
    (litert_js / "wasm").symlink_to(litert_js / "node_modules" / "@litertjs" / "core" / "wasm")
    (litert_js / FLOAT32).symlink_to(golden_bundle / FLOAT32)
    (litert_js / "squares").symlink_to(model_inputs)
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(litert_js)))
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


def test_the_web_path_gives_the_golden_outputs(page, start_browser, golden_bundle):
    golden = golden_bundle / "golden"
    index = json.loads((golden / "index.json").read_text())
    browser = start_browser()
    browser.set_script_timeout(SECONDS)
    browser.get(page)
    for entry in (entry for entry in index["photos"] if entry["name"] in ("crowded", "tiny")):
        found = browser.execute_async_script(ASK, f"/squares/{entry['name']}.png")
        assert isinstance(found, list), found
        boxes, _, scores, count = (np.array(numbers) for numbers in found)
        rows = np.column_stack((boxes.reshape(-1, 4), scores))
        raw = np.frombuffer((golden / entry["raw"][FLOAT32]).read_bytes(), "<f4")
        expected = np.column_stack((raw[:1200].reshape(-1, 4), raw[1500:1800]))
        assert count[0] == raw[1800] == len(rows)
        assert (expected[:, 4] >= index["tolerance"]["raw"]["from_score"]).sum() >= 10
        assert not strangers(rows, expected, index["tolerance"]["raw"])
        assert not strangers(expected, rows, index["tolerance"]["raw"])
