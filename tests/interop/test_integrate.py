"""The Python code of INTEGRATE.md runs as it stands there and gives the golden numbers; what it says of sizes is so."""

import gzip
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from mobile_models.bundle import FACE_FILE, Bundle

INTEGRATE = Path(__file__).parents[2] / "mobile_models" / "INTEGRATE.md"
WASM = "/wasm/litert_wasm_compat_internal.wasm"


def run(python, code, *arguments):
    done = subprocess.run([python, "-c", code, *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout)


def test_the_python_path_gives_the_golden_assessment(integrate_code, golden_bundle, differences):
    [code] = integrate_code("python")
    golden = golden_bundle / "golden"
    answer = run(sys.executable, code, golden_bundle, golden / "photos" / "crowded.png")
    answer["photos"][0]["photo"] = "crowded"
    expected = json.loads((golden / "visits" / "crowded.json").read_text())
    assert not differences(answer, expected)


def test_the_mediapipe_path_finds_the_golden_rows(integrate_code, golden_bundle, mediapipe_python):
    [code] = integrate_code("python mediapipe")
    golden = golden_bundle / "golden"
    index, default = json.loads((golden / "index.json").read_text()), Bundle.open(golden_bundle).model_file
    [raw] = [entry["raw"][default] for entry in index["photos"] if entry["name"] == "crowded"]
    scores = np.frombuffer((golden / raw).read_bytes(), "<f4")[1500:1800]
    rows = run(mediapipe_python, code, golden_bundle, golden / "photos" / "crowded.png")
    found_scores = sorted(score for _, score, *_ in rows)
    assert found_scores == pytest.approx(
        sorted(scores[scores >= 0.01].tolist()), abs=index["tolerance"]["raw"]["score"]
    )


def test_an_app_without_a_model_gets_the_golden_assessment_from_the_server(
    integrate_code, golden_bundle, patient, differences
):
    [code] = integrate_code("python server")
    photos = [golden_bundle / "golden" / "photos" / f"{view}.png" for view in ("front", "left", "right")]
    index = json.loads((golden_bundle / "golden" / "index.json").read_text())
    guided = {entry["name"]: entry["guided"] for entry in index["photos"]}
    assert guided["front"] and guided["left"] and guided["right"]
    answer = run(sys.executable, code, patient.url, patient.token, photos[0])
    assert not differences(answer, json.loads((golden_bundle / "golden" / "visits" / "front.json").read_text()))
    answer = run(sys.executable, code, patient.url, patient.token, *photos)
    assert not differences(answer, json.loads((golden_bundle / "golden" / "visits" / "first.json").read_text()))


def test_no_sample_names_a_file_but_by_the_manifest():
    code = "".join(re.findall(r"^```\w.*?^```$", INTEGRATE.read_text(), re.DOTALL | re.MULTILINE))
    assert "default_file" in code
    assert "lesions.float" not in code and "lesions.dynamic" not in code and "lesions.int8" not in code


def test_what_the_web_path_has_served_is_as_large_as_is_said(npm, integrate_code, golden_bundle):
    text = INTEGRATE.read_text()
    sizes = {name: int(kb) for name, kb in re.findall(r"^\| `(/\S+)` \| .* \| (\d+) \|$", text, re.MULTILINE)}
    [worker], [command] = integrate_code("js worker"), integrate_code("sh worker")
    (npm / "lesions.worker.js").write_text(worker)
    shutil.copy(golden_bundle / "web" / "lesions.js", npm)
    subprocess.run(command, shell=True, cwd=npm, check=True, capture_output=True)
    wasm = npm / "node_modules" / "@litertjs" / "core" / "wasm"
    model = Bundle.open(golden_bundle).model_file
    files = {"/worker.js": npm / "worker.js", **{f"/{name}": golden_bundle / name for name in (model, FACE_FILE)}}
    files |= {f"/wasm/{name}": wasm / name for name in ("litert_wasm_compat_internal.js", Path(WASM).name)}
    assert set(sizes) == files.keys() | {"/manifest.json"}
    assert {name: sizes[name] for name in files} == {
        name: round(path.stat().st_size / 1000) for name, path in files.items()
    }
    assert sizes["/manifest.json"] == pytest.approx((golden_bundle / "manifest.json").stat().st_size / 1000, rel=0.1)
    [compressed] = re.findall(r"gzip makes (\d+) of the wasm", text)
    assert int(compressed) == pytest.approx(len(gzip.compress(files[WASM].read_bytes(), 6)) / 1000, rel=0.01)


def test_the_series_of_the_document_ends_in_a_state_that_tells_a_change(integrate_code, golden_bundle):
    [code] = integrate_code("python series")
    last = run(sys.executable, code, golden_bundle)
    assert last
