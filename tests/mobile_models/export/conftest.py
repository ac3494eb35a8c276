"""One whole export of the released weights, made once by the command line and read by many tests."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mobile_models.bundle import RELEASED

ROOT = Path(__file__).parents[3]
COMPARED = 24
"""Drawn photos that the files are compared on; the bundle that is released is on all."""


@pytest.fixture(scope="session")
def weights():
    return RELEASED / "lesions.safetensors"


@pytest.fixture(scope="session")
def figures():
    """What was measured of the released model."""
    manifest = json.loads((RELEASED / "manifest.json").read_text())
    return {name: manifest[name] for name in ("calibration", "mdc", "metrics", "training")}


@pytest.fixture(scope="session")
def exporting(weights, tmp_path_factory):
    """The finished command: what it printed, and the bundle's folder."""
    out = tmp_path_factory.mktemp("exported") / "bundle"
    options = ["--out", str(out), "--version", "1.2.3", "--photos", str(COMPARED)]
    command = [sys.executable, str(ROOT / "export.py"), str(weights), *options]
    environment = {**os.environ, "OMP_NUM_THREADS": "2", "YOLO_OFFLINE": "true"}
    ran = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment, check=False)
    assert ran.returncode == 0, ran.stderr[-4000:]
    return ran.stdout, out


@pytest.fixture(scope="session")
def exported(exporting):
    return exporting[1]
