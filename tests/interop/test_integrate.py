"""The Python code of INTEGRATE.md runs as it stands there and gives the golden numbers."""

import json
import subprocess
import sys

import numpy as np
import pytest

from mobile_models.export.golden import FLOAT32


def run(python, code, *arguments):
    done = subprocess.run([python, "-c", code, *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout)


def test_the_python_path_gives_the_golden_assessment(integrate_code, golden_bundle, differences):
    [code] = integrate_code("python")
    golden = golden_bundle / "golden"
    found = run(sys.executable, code, golden_bundle, golden / "photos" / "crowded.png")
    found["photos"][0]["photo"] = "crowded"
    expected = json.loads((golden / "visits" / "crowded.json").read_text())
    assert not differences(found, expected)


def test_the_mediapipe_path_finds_the_golden_rows(integrate_code, golden_bundle, mediapipe_python, model_inputs):
    [code] = integrate_code("python mediapipe")
    golden = golden_bundle / "golden"
    index = json.loads((golden / "index.json").read_text())
    [raw] = [entry["raw"][FLOAT32] for entry in index["photos"] if entry["name"] == "crowded"]
    scores = np.frombuffer((golden / raw).read_bytes(), "<f4")[1500:1800]
    found = run(mediapipe_python, code, golden_bundle / FLOAT32, model_inputs / "crowded.png")
    told = sorted(score for _, score, *_ in found)
    assert told == pytest.approx(sorted(scores[scores >= 0.01].tolist()), abs=index["tolerance"]["raw"]["score"])
