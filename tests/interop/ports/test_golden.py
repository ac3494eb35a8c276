"""Lesions.kt and Lesions.swift, compiled here, and lesions.js give the golden vectors from pre-processing on."""

import json

import numpy as np
import pytest
from PIL import Image

from mobile_models.export.golden import PHOTOS, VISITS
from mobile_models.export.golden_series import SERIES
from tests.assessments import flaws_of

REFUSED = {
    "not finite": "the model answered with numbers that are not finite",
    "bad class": "the model answered with a class or a score out of range",
    "bad score": "the model answered with a class or a score out of range",
    "no visits": "a series has 1 to 1000 visits",
    "unordered visits": "visits are not in order of time, each of its own moment",
    "a week that is no number": "a week, count or number of frames is no finite number",
    "a count below 0": "a count is below 0, or a number of frames not above it",
    "unguided visit": "a visit of several views needs the guide, or lesions count twice",
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
    "web": {
        "no photo": "a visit needs photos of the views front, left, right",
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
    square = np.frombuffer((answers / f"{photo}.square").read_bytes(), np.uint8).reshape(expected.shape)
    assert (square == expected).all()


@pytest.mark.parametrize("visit", VISITS)
def test_a_port_assesses_as_the_golden_vectors_say(visit, answers, golden_bundle, differences):
    expected = json.loads((golden_bundle / "golden" / "visits" / f"{visit}.json").read_text())
    assessment = json.loads((answers / f"{visit}.visit.json").read_text())
    assert not differences(assessment, expected)
    assert flaws_of(assessment) == []


@pytest.mark.parametrize("series", SERIES)
def test_a_port_says_of_a_series_what_the_golden_vectors_say(series, answers, golden_bundle, differences):
    expected = json.loads((golden_bundle / "golden" / "series" / f"{series}.json").read_text())
    assert not differences(json.loads((answers / f"{series}.series.json").read_text()), expected)


def test_a_port_refuses_bad_input_and_says_why(port, answers):
    assert json.loads((answers / "refused.json").read_text()) == REFUSED | OF_A_PORT[port]
