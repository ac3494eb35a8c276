"""Lesions.kt and Lesions.swift, compiled here, give the golden vectors from their own pre-processing on."""

import json

import numpy as np
import pytest
from PIL import Image

from mobile_models.export.golden import CHANGES, PHOTOS, VISITS
from tests.assessments import flaws_of

REFUSED = {
    "not finite": "the model answered with numbers that are not finite",
    "bad class": "the model answered with a class or a score out of range",
    "bad score": "the model answered with a class or a score out of range",
    "unguided visit": "a visit of several photos needs the guide and each view once, or lesions count twice",
}
OF_A_PORT = {
    "kotlin": {
        "no photo": "a visit needs photos of the views [front, left, right]",
        "broken JSON": "JSON breaks off",
        "no manifest": "the manifest lacks default_file",
    },
    "swift": {
        "no photo": "a visit needs photos of the views front, left, right",
        "broken JSON": "refused",
        "no manifest": "the manifest lacks zones",
    },
}


@pytest.fixture(scope="module", params=OF_A_PORT)
def port(request):
    return request.param


@pytest.fixture(scope="module")
def answers(port, request):
    """The folder of what a port answered to every golden input."""
    return request.getfixturevalue(f"{port}_answers")


@pytest.mark.parametrize("photo", [photo.name for photo in PHOTOS])
def test_a_port_resamples_to_the_golden_square(photo, answers, golden_bundle):
    expected = np.asarray(Image.open(golden_bundle / "golden" / "squares" / f"{photo}.png"))
    found = np.frombuffer((answers / f"{photo}.square").read_bytes(), np.uint8).reshape(expected.shape)
    assert (found == expected).all()


@pytest.mark.parametrize("visit", VISITS)
def test_a_port_assesses_as_the_golden_vectors_say(visit, answers, golden_bundle, differences):
    expected = json.loads((golden_bundle / "golden" / "visits" / f"{visit}.json").read_text())
    assessment = json.loads((answers / f"{visit}.visit.json").read_text())
    assert not differences(assessment, expected)
    assert flaws_of(assessment) == []


@pytest.mark.parametrize(("baseline", "current"), CHANGES)
def test_a_port_gives_the_golden_change(baseline, current, answers, golden_bundle, differences):
    expected = json.loads((golden_bundle / "golden" / "changes" / f"{baseline}-{current}.json").read_text())
    assert not differences(json.loads((answers / f"{baseline}-{current}.change.json").read_text()), expected)


def test_a_port_refuses_bad_input_and_says_why(port, answers):
    assert json.loads((answers / "refused.json").read_text()) == REFUSED | OF_A_PORT[port]
