"""Lesions.kt, compiled for the JVM with Debian's Kotlin, gives the golden vectors from its own pre-processing on."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mobile_models.export.golden import CHANGES, PHOTOS, VISITS


@pytest.fixture(scope="module")
def answers(run_golden, lesions_jar, golden_bundle):
    return run_golden(lesions_jar, golden_bundle)


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
        "no manifest": "the manifest lacks default_file",
    }


def test_the_android_code_of_integrate_compiles(compile_kotlin, lesions_jar, integrate_code, tmp_path):
    """Against stubs of Android's, LiteRT's and MediaPipe's classes: their SDKs are not for the JVM."""
    blocks = integrate_code("kotlin")
    assert len(blocks) == 2
    for number, block in enumerate(blocks):
        (tmp_path / f"Block{number}.kt").write_text(block)
    stubs = sorted((Path(__file__).parent / "stubs").glob("*.kt"))
    compile_kotlin([*tmp_path.glob("*.kt"), *stubs], tmp_path / "integrate.jar", lesions_jar)
