"""The patient's app in Chromium: sizes, start to camera, time after the last shutter, memory; each beside its limit.

    python -m tests.benchmarks.app [--visits N]

The camera is Chromium's own and shows drawn faces. "Bare" runs are the same two model files on three squares in a
worker that does nothing else; they take turns with the app's visits.
"""

import argparse
import base64
import shutil
import subprocess
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from statistics import median

import psutil
from selenium import webdriver

from mobile_models.bundle import FACE_FILE, RELEASED, Bundle
from tests.browser.app import cameras
from tests.browser.app.phones import Phone
from tests.browser.app.sites import Site
from tests.browser.conftest import CHROMIUM, DRIVER, FLAGS

PHONE = Path(__file__).parents[2] / "server" / "phone"
ROUNDS = 5
BARE = """
import { compiled, startRuntime } from "SOURCE/counting/interpreter.js";
const bytes = async (name) => (await fetch(`/app/model/${name}`)).arrayBuffer();
self.onmessage = async ({ data: { lesions, faces } }) => {
  await startRuntime("/app/counting/");
  const [counts, finds] = [await compiled(await bytes(lesions)), await compiled(await bytes(faces))];
  const [square, small] = [new Float32Array(640 * 640 * 3).fill(0.5), new Float32Array(128 * 128 * 3)];
  const once = async () => {
    for (let view = 0; view < 3; view++) await counts(square, 640), await finds(small, 128);
  };
  await once();
  self.onmessage = async () => {
    const began = performance.now();
    await once();
    self.postMessage(performance.now() - began);
  };
  self.postMessage("ready");
};
"""
OPEN_BARE = """
window.bare = new Worker("tried/bare.js");
bare.onmessage = ({ data }) => done(data);
bare.postMessage({ lesions: arguments[0], faces: arguments[1] });
"""
RUN_BARE = "bare.onmessage = ({ data }) => done(data); bare.postMessage({});"
VISIT = """
const [coded, before] = arguments;
window.counting ??= new Worker("counting/worker.js");
const ask = (task, given) => new Promise((resolve, reject) => {
  counting.onmessage = ({ data: { answer, refused } }) => (refused ? reject(refused) : resolve(answer));
  counting.postMessage({ id: 1, task, ...given });
});
const photos = Object.entries(coded).map(([view, data]) => {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  return { name: `${view}-${Math.random()}`, view, guided: true, blob: new Blob([bytes]) };
});
(async () => {
  for (const photo of photos.slice(0, before)) await ask("judge", photo);
  const began = performance.now();
  await ask("assess", { photos });
  return performance.now() - began;
})().then(done, done);
"""
CAMERA = """
const began = performance.timeOrigin;
const look = () => {
  const video = document.querySelector(".capture video");
  if (video?.readyState >= 2) done(performance.timeOrigin + performance.now() - began);
  else requestAnimationFrame(look);
};
look();
"""
LOADED = """
const parts = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
done(parts.filter(({ name }) => /\\.(js|css)$|\\/app\\/(#.*)?$/.test(name) && !/counting|service-worker/.test(name))
  .reduce((total, { encodedBodySize }) => total + encodedBodySize, 0) / 1000);
"""


def row(what: str, value: str, limit: str = "") -> None:
    print(f"| {what} | {value} | {limit} |", flush=True)


def renderer_mb(driver: webdriver.Chrome) -> float:
    children = psutil.Process(driver.service.process.pid).children(recursive=True)
    return max(child.memory_info().rss for child in children if "--type=renderer" in child.cmdline()) / 1e6


def start(film: Path, profile: Path) -> webdriver.Chrome:
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in (*FLAGS, *cameras.flags(film), "--use-fake-ui-for-media-stream", f"--user-data-dir={profile}"):
        options.add_argument(flag)
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    driver.set_script_timeout(300)
    return driver


def serve_bare(site: Site, folder: Path) -> None:
    """Puts the bare worker beside the app's files."""
    config = site.app.extensions["acnetrack.config"]
    shutil.copytree(config.app_dir, folder)
    source = folder.parent / "bare.js"
    source.write_text(BARE.replace("SOURCE", str(PHONE / "source")))
    command = [PHONE / "node_modules" / ".bin" / "esbuild", source, "--bundle", "--minify", "--format=iife"]
    subprocess.run([*command, f"--outfile={folder / 'tried' / 'bare.js'}"], check=True, capture_output=True)
    site.app.extensions["acnetrack.config"] = replace(config, app_dir=folder)


def sizes(phone: Phone) -> None:
    phone.begin()
    row("first load: code and styles, brotli", f"{phone.script(LOADED):.0f} kB", "200 kB")
    phone.begins_alone()
    before = phone.script(LOADED)
    for path, heading in (("#/photo", "Take photos"), ("#/skin", "My skin"), ("#/compare", "Compare two visits")):
        phone.opens(path, heading)
        after = phone.script(LOADED)
        row(f"{path}, brotli", f"{after - before:.0f} kB", "60 kB")
        before = after
    runtime = sum(path.stat().st_size for path in (PHONE / "built" / "counting").glob("litert*.br")) / 1e6
    row("runtime, brotli", f"{runtime:.2f} MB", "2.4 MB")
    row("lesion file", f"{Bundle.open(RELEASED).manifest['files'][lesion_file()]['bytes'] / 1e6:.2f} MB", "3.4 MB")
    row("face detector", f"{(RELEASED / FACE_FILE).stat().st_size / 1e6:.2f} MB", "0.3 MB")


def lesion_file() -> str:
    return str(Bundle.open(RELEASED).model_file)


def start_to_camera(phone: Phone) -> None:
    """The second start and those after it, the app and the model being on the phone."""
    phone.opens("#/course", "Add a treatment")
    phone.fills(name="Adapalene 0.1 %", started_on="2026-01-05")  # Before one, the camera waits for a choice.
    phone.tap("Save")
    phone.sees("Side effects")
    times = []
    for _ in range(ROUNDS + 1):
        phone.driver.get("about:blank")
        phone.driver.execute_cdp_cmd("Emulation.setCPUThrottlingRate", {"rate": 4})
        phone.driver.get(f"{phone.url}/app/#/photo")
        times.append(phone.script(CAMERA) / 1000)
        phone.driver.execute_cdp_cmd("Emulation.setCPUThrottlingRate", {"rate": 1})
    row("cached start to camera, 4× slowed", f"{median(times[1:]):.2f} s", "1.5 s")


def after_last_shutter(phone: Phone, photos: dict[str, str]) -> None:
    phone.driver.get(f"{phone.url}/app/manifest.webmanifest")
    phone.script(OPEN_BARE, lesion_file(), FACE_FILE)
    phone.script(VISIT, photos, 0)
    bare, all_three, last = [], [], []
    for _ in range(ROUNDS):
        bare.append(phone.script(RUN_BARE))
        last.append(phone.script(VISIT, photos, 2))
        all_three.append(phone.script(VISIT, photos, 0))
    runs = median(bare)
    row("bare runs of three views", f"{runs:.0f} ms")
    row("counted after the last shutter", f"{median(last):.0f} ms, {median(last) / runs:.2f} × bare", "3 s, 1.25 ×")
    row("three views read at once", f"{median(all_three):.0f} ms, {median(all_three) / runs:.2f} × bare")


def memory(phone: Phone, photos: dict[str, str], visits: int) -> None:
    phone.driver.get(f"{phone.url}/app/manifest.webmanifest")
    seen = []
    for _ in range(visits):
        phone.script(VISIT, photos, 0)
        seen.append(renderer_mb(phone.driver))
    early, late = median(seen[5:10]), median(seen[-5:])
    row(f"memory over {visits} visits", f"{early:.0f} → {late:.0f} MB, {100 * (late / early - 1):+.0f} %", "+10 %")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--visits", type=int, default=50, help="visits that memory is watched over, at least 15")
    visits = parser.parse_args().visits
    with tempfile.TemporaryDirectory() as made:
        folder, photos = Path(made), {}
        (folder / "site").mkdir()
        film = folder / "film.y4m"
        views = {view: cameras.golden(view) for view in ("front", "left", "right")}
        cameras.show(film, cameras.still(2, views["front"]))
        for view, photo in views.items():
            photo.save(folder / f"{view}.jpg", quality=92)
            photos[view] = base64.b64encode((folder / f"{view}.jpg").read_bytes()).decode()
        site, driver = Site(folder / "site"), start(film, folder / "profile")
        try:
            serve_bare(site, folder / "app")
            phone = Phone(driver, site.url)
            print("| what | measured | limit |\n| --- | --- | --- |")
            sizes(phone)
            start_to_camera(phone)
            after_last_shutter(phone, photos)
            memory(phone, photos, visits)
        finally:
            driver.quit()
            site.close()
            time.sleep(0.5)  # Chromium writes to its profile a moment longer.


if __name__ == "__main__":
    main()
