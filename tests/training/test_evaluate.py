"""``python -m training evaluate`` on a folder of one's own, from weights to the bundle's figures."""

import json

import numpy as np
import pytest
from PIL import Image

from mobile_models.bundle import RELEASED
from mobile_models.calibration import Calibration
from training.__main__ import main

pytestmark = pytest.mark.slow

WEIGHTS = str(RELEASED / "lesions.safetensors")


@pytest.fixture
def clinic(tmp_path):
    """Ten photos of skin with red spots, five of them in a folder that is held out."""
    rng = np.random.default_rng(0)
    folder = tmp_path / "clinic"
    for number in range(10):
        split = "valid" if number % 2 else "train"
        pixels = rng.normal((205, 160, 140), 6, (160, 160, 3))
        rows = []
        for _ in range(number % 4):
            x, y = rng.integers(20, 140, 2)
            pixels[y - 5 : y + 5, x - 5 : x + 5] = (190, 70, 65)
            rows.append(f"0 {x / 160} {y / 160} {10 / 160} {10 / 160}\n")
        for kind, suffix in (("images", "png"), ("labels", "txt")):
            (folder / kind / split).mkdir(parents=True, exist_ok=True)
            path = folder / kind / split / f"{number}.{suffix}"
            if kind == "images":
                Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(path)
            else:
                path.write_text("".join(rows))
    (folder / "data.yaml").write_text("names: [papule]\ntrain: images/train\nval: images/valid\n")
    return folder


def test_a_clinics_own_held_out_photos_are_measured_in_one_command(clinic, tmp_path, capsys):
    out = tmp_path / "measured"
    assert main(["evaluate", "--weights", WEIGHTS, "--folder", str(clinic), "--imgsz", "128", "--out", str(out)]) == 0
    assert "5 photos measured" in capsys.readouterr().out
    measured = json.loads((out / "measured.json").read_text())
    assert measured["calibration"]["standard"] == "clinic"
    assert measured["calibration"]["input_size_px"] == 128
    Calibration.from_manifest(measured["calibration"])
    assert [source["name"] for source in measured["training"]["sources"]] == ["clinic"]
    assert measured["training"]["sources"][0]["photos"] == 5
    assert "not established (n = 5)" in (out / "MODEL_CARD.md").read_text()
    assert (out / "evaluation.html").exists()


def test_weights_of_another_kind_are_refused_and_nothing_is_written(clinic, tmp_path, capsys):
    (tmp_path / "no.safetensors").write_bytes(b"not weights")
    out = tmp_path / "measured"
    arguments = ["evaluate", "--weights", str(tmp_path / "no.safetensors"), "--folder", str(clinic), "--out", str(out)]
    assert main(arguments) == 2
    assert "error: " in capsys.readouterr().err
    assert not out.exists()


def test_a_folder_that_is_not_there_is_named(tmp_path, capsys):
    out = tmp_path / "measured"
    assert main(["evaluate", "--weights", WEIGHTS, "--folder", str(tmp_path / "none"), "--out", str(out)]) == 2
    assert "none" in capsys.readouterr().err
