"""What was measured is needed, and holds at one input size."""

import json

import pytest

from mobile_models.export.measured import MeasurementMissing, SizeWrong, input_size, read_measured


def test_the_figures_of_a_bundle_that_the_weights_lie_in_are_taken(figures, weights):
    assert read_measured(weights.parent) == figures


@pytest.mark.parametrize(
    ("written", "named"),
    [
        (None, "measured.json is missing"),
        ("{", "is not JSON"),
        ("[]", "lacks calibration, mdc, metrics, training"),
        ('{"calibration": {}, "mdc": {"a": 1}, "metrics": {"a": 1}, "training": {"a": 1}}', "lacks calibration"),
    ],
)
def test_a_model_is_not_shipped_uncalibrated(tmp_path, written, named):
    if written is not None:
        (tmp_path / "measured.json").write_text(written)
    with pytest.raises(MeasurementMissing, match=named) as refused:
        read_measured(tmp_path)
    assert "training evaluate" in str(refused.value)


def test_the_size_is_the_one_that_was_measured_at(figures):
    size = figures["calibration"]["input_size_px"]
    assert input_size(json.loads(json.dumps(figures)), None) == input_size(figures, size) == size


@pytest.mark.parametrize(
    ("asked", "named"), [(100, "multiple"), (0, "multiple"), (-32, "multiple"), (96, "measured at")]
)
def test_another_size_is_refused(figures, asked, named):
    with pytest.raises(SizeWrong, match=named):
        input_size(figures, asked)
