"""The app's own counting worker, as it is built, gives what Python gives."""

import base64
import functools
import io
import json
import shutil
from dataclasses import replace

import pytest
from PIL import Image

from mobile_models.assess import Capture, assess
from mobile_models.bundle import FACE_FILE, RELEASED, Bundle
from mobile_models.detector import Detector
from mobile_models.image import read_photo

GOLDEN = RELEASED / "golden"
ASK = """
const [photos] = arguments;
window.worker ??= new Worker("counting/worker.js");
const blobs = photos.map(({ data, ...photo }) => {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  return { ...photo, blob: new Blob([bytes]) };
});
worker.onmessage = ({ data: { answer, refused, cause } }) => done(answer ?? `${refused}: ${cause}`);
worker.postMessage({ id: 1, task: "assess", photos: blobs });
"""
RENEW = """
const [folder] = arguments;
caches.delete("acnetrack-model").then(() => {
  const worker = new Worker("counting/worker.js");
  const source = { manifest: `${folder}manifest.json`, signature: `${folder}manifest.sig`, files: folder };
  worker.onmessage = ({ data: { answer, refused } }) => (worker.terminate(), done(answer ?? refused));
  worker.postMessage({ id: 1, task: "renew", source });
});
"""
FRAMES = ["front", "later", "left"]
"""The photos of the golden visit `frames`, which shows the sharper one of the two of the front."""


@pytest.fixture(scope="module")
def worker(app_browser, app_site):
    """Runs what was asked of the worker, in a page of the app that is open and idle."""
    app_browser.set_script_timeout(120)
    app_browser.get(f"{app_site.url}/app/manifest.webmanifest")

    def ask(script, *given):
        found = app_browser.execute_async_script(f"const done = arguments[arguments.length - 1]; {script}", *given)
        assert not isinstance(found, str) or script is RENEW, found
        return found

    return ask


@functools.cache
def index():
    return {entry["name"]: entry for entry in json.loads((GOLDEN / "index.json").read_text())["photos"]}


def photo_of(name, as_jpeg=False):
    entry = index()[name]
    data = (GOLDEN / entry["photo"]).read_bytes()
    if as_jpeg:
        kept = io.BytesIO()
        Image.open(io.BytesIO(data)).convert("RGB").save(kept, "JPEG", quality=92)
        data = kept.getvalue()
    return {"name": name, "view": entry["view"], "guided": entry["guided"], "data": base64.b64encode(data).decode()}


def said(visit):
    """All that people read of an assessment."""
    counts = {name: [count[part] for part in ("value", "low", "high")] for name, count in visit["counts"].items()}
    grades = {name: grade.get("value", grade.get("unavailable")) for name, grade in visit["grades"].items()}
    warned = [[warning["code"] for warning in photo["quality"]["warnings"]] for photo in visit["photos"]]
    drawn = [[lesion["type"] for lesion in photo["lesions"] if lesion["counted"]] for photo in visit["photos"]]
    return counts, grades, warned, drawn, visit["zones"], visit["unavailable"], visit["frames"], visit["model"]


def test_every_golden_visit_is_counted_as_in_python(worker):
    for path in sorted((GOLDEN / "visits").glob("*.json")):
        visit = json.loads(path.read_text())
        names = FRAMES if path.stem == "frames" else [photo["photo"] for photo in visit["photos"]]
        assert said(worker(ASK, [photo_of(name) for name in names])) == said(visit), path.name


def test_photos_as_they_are_stored_are_counted_as_in_python(worker):
    photos = [photo_of(name, as_jpeg=True) for name in ("front", "left", "right")]
    captures = [
        Capture(photo["name"], read_photo(base64.b64decode(photo["data"])), photo["view"], guided=True)
        for photo in photos
    ]
    expected = assess(captures, Detector(Bundle.open(RELEASED))).visit_json()
    found = worker(ASK, photos)
    assert said(found)[0] == said(expected)[0]
    assert said(found)[1] == said(expected)[1]
    assert found["zones"] == expected["zones"]


@pytest.fixture
def served(app_site, tmp_path):
    """A folder of a bundle that is served beside the app, and its address."""
    config = app_site.app.extensions["acnetrack.config"]
    folder = tmp_path / "app" / "tried"
    shutil.copytree(config.app_dir, folder.parent)
    folder.mkdir()
    for name in ("manifest.json", "manifest.sig", FACE_FILE, Bundle.open(RELEASED).model_file):
        shutil.copy(RELEASED / name, folder)
    app_site.app.extensions["acnetrack.config"] = replace(config, app_dir=folder.parent)
    yield folder, "/app/tried/"
    app_site.app.extensions["acnetrack.config"] = config


def test_a_bundle_that_is_not_as_it_was_signed_is_refused(worker, served):
    folder, address = served
    manifest, face = folder / "manifest.json", folder / FACE_FILE
    assert worker(RENEW, address) == json.loads(manifest.read_text())["version"]
    signed, whole = manifest.read_bytes(), face.read_bytes()
    manifest.write_bytes(signed.replace(b'"version"', b'"version" ', 1))
    assert worker(RENEW, address) == "model_untrusted"
    manifest.write_bytes(signed)
    face.write_bytes(whole[:-1] + b"?")
    assert worker(RENEW, address) == "model_damaged"
    face.unlink()
    assert worker(RENEW, address) == "model_unreachable"
