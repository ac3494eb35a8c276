"""The Python code of INTEGRATE.md runs as it stands there and gives the golden numbers."""

import importlib.util
import json
import os
import subprocess
import sys

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


def test_the_mediapipe_path_finds_the_golden_rows(integrate_code, golden_bundle):
    python = os.environ.get("ACNETRACK_MEDIAPIPE_PYTHON")
    if not python and importlib.util.find_spec("mediapipe") is None:
        pytest.skip("needs an environment with mediapipe: set ACNETRACK_MEDIAPIPE_PYTHON to its python")
    [code] = integrate_code("python mediapipe")
    golden = golden_bundle / "golden"
    model = golden_bundle / FLOAT32
    found = run(python or sys.executable, code, model, golden / "squares" / "crowded.png")
    expected = json.loads((golden / "visits" / "crowded.json").read_text())["photos"][0]["lesions"]
    assert sorted(score for _, score, *_ in found) == pytest.approx(sorted(one["score"] for one in expected), abs=1e-3)
