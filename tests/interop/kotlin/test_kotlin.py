"""Lesions.kt, compiled for the JVM with Debian's Kotlin, gives the golden vectors from its own pre-processing on."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mobile_models.export.golden import CHANGES, PHOTOS, VISITS

HARNESS = Path(__file__).parent / "Golden.kt"
STDLIB = Path("/usr/share/java/kotlin-stdlib.jar")


@pytest.fixture(scope="session")
def run_kotlin(tmp_path_factory):
    """Compile a Lesions.kt with the harness and run it on a bundle; returns the folder of its answers."""
    if not (shutil.which("kotlinc") and shutil.which("java")):
        if os.environ.get("CI"):
            pytest.fail("Kotlin is missing: apt-get install kotlin default-jre-headless")
        pytest.skip("needs Debian's kotlin and default-jre-headless")

    def run(source, bundle):
        folder = tmp_path_factory.mktemp("kotlin")
        jar = folder / "golden.jar"
        finish(["kotlinc", str(source), str(HARNESS), "-d", str(jar)])
        (folder / "answers").mkdir()
        finish(["java", "-cp", f"{jar}:{STDLIB}", "GoldenKt", str(bundle), str(folder / "answers")])
        return folder / "answers"

    return run


def finish(command):
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-4000:]


@pytest.fixture(scope="module")
def answers(run_kotlin, golden_bundle):
    return run_kotlin(golden_bundle / "kotlin" / "Lesions.kt", golden_bundle)


@pytest.mark.parametrize("photo", [photo.name for photo in PHOTOS])
def test_kotlin_resamples_to_the_golden_square(photo, answers, golden_bundle):
    expected = np.asarray(Image.open(golden_bundle / "golden" / "squares" / f"{photo}.png"))
    found = np.frombuffer((answers / f"{photo}.square").read_bytes(), np.uint8).reshape(expected.shape)
    assert (found == expected).all()


@pytest.mark.parametrize("visit", VISITS)
def test_kotlin_assesses_as_the_golden_vectors_say(visit, answers, golden_bundle, differences):
    expected = json.loads((golden_bundle / "golden" / "visits" / f"{visit}.json").read_text())
    assert not differences(json.loads((answers / f"{visit}.visit.json").read_text()), expected)


@pytest.mark.parametrize(("baseline", "current"), CHANGES)
def test_kotlin_gives_the_golden_change(baseline, current, answers, golden_bundle, differences):
    expected = json.loads((golden_bundle / "golden" / "changes" / f"{baseline}-{current}.json").read_text())
    assert not differences(json.loads((answers / f"{baseline}-{current}.change.json").read_text()), expected)


def test_kotlin_refuses_bad_input_and_says_why(answers):
    assert json.loads((answers / "refused.json").read_text()) == {
        "not finite": "the model answered with numbers that are not finite",
        "bad class": "the model answered with a class or a score out of range",
        "bad score": "the model answered with a class or a score out of range",
        "no photo": "a visit needs photos of the views [front, left, right]",
        "unguided visit": "a visit of several photos needs the guide and each view once, or lesions count twice",
        "broken JSON": "JSON breaks off",
        "no manifest": "the manifest lacks zones",
    }
