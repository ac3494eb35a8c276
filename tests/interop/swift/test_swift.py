"""Lesions.swift, where a Swift compiler is at hand (Debian 13's swiftlang), gives the golden vectors."""

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mobile_models.export.golden import CHANGES, PHOTOS, VISITS

HARNESS = Path(__file__).parent / "main.swift"


def finish(command):
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-4000:]


@pytest.fixture(scope="module")
def answers(golden_bundle, tmp_path_factory):
    """Compile Lesions.swift with the harness and run it on the bundle; the folder of its answers."""
    if not shutil.which("swiftc"):
        pytest.skip("needs swiftc; Debian 12 has none")
    folder = tmp_path_factory.mktemp("swift")
    for photo in (golden_bundle / "golden" / "photos").glob("*.png"):
        (folder / f"{photo.stem}.rgba").write_bytes(Image.open(photo).convert("RGBA").tobytes())
    sources = [str(golden_bundle / "swift" / "Lesions.swift"), str(HARNESS)]
    finish(["swiftc", "-Onone", *sources, "-o", str(folder / "golden")])
    finish([str(folder / "golden"), str(golden_bundle), str(folder)])
    return folder


@pytest.mark.parametrize("photo", [photo.name for photo in PHOTOS])
def test_swift_resamples_to_the_golden_square(photo, answers, golden_bundle):
    expected = np.asarray(Image.open(golden_bundle / "golden" / "squares" / f"{photo}.png"))
    found = np.frombuffer((answers / f"{photo}.square").read_bytes(), np.uint8).reshape(expected.shape)
    assert (found == expected).all()


@pytest.mark.parametrize("visit", VISITS)
def test_swift_assesses_as_the_golden_vectors_say(visit, answers, golden_bundle, differences):
    expected = json.loads((golden_bundle / "golden" / "visits" / f"{visit}.json").read_text())
    assert not differences(json.loads((answers / f"{visit}.visit.json").read_text()), expected)


@pytest.mark.parametrize(("baseline", "current"), CHANGES)
def test_swift_gives_the_golden_change(baseline, current, answers, golden_bundle, differences):
    expected = json.loads((golden_bundle / "golden" / "changes" / f"{baseline}-{current}.json").read_text())
    assert not differences(json.loads((answers / f"{baseline}-{current}.change.json").read_text()), expected)


def test_swift_refuses_bad_input_and_says_why(answers):
    assert json.loads((answers / "refused.json").read_text()) == {
        "not finite": "the model answered with numbers that are not finite",
        "bad class": "the model answered with a class or a score out of range",
        "bad score": "the model answered with a class or a score out of range",
        "no photo": "a visit needs photos of the views front, left, right",
        "unguided visit": "a visit of several photos needs the guide and each view once, or lesions count twice",
        "broken JSON": "refused",
        "no manifest": "the manifest lacks zones",
    }
