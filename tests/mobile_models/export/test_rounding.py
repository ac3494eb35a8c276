"""Weights rounded for the inputs that they meet."""

import numpy as np
import pytest

from mobile_models.export.rounding import gptq

OUTPUTS, INPUTS, PLACES = 8, 144, 2000


@pytest.fixture(scope="module")
def layer():
    """Weights, one step an output, and inputs that go together as neighbouring pixels do."""
    random = np.random.default_rng(1)
    weights = random.normal(size=(OUTPUTS, INPUTS))
    inputs = random.normal(size=(PLACES, 12)) @ random.normal(size=(12, INPUTS)) + 0.3 * random.normal(
        size=(PLACES, INPUTS)
    )
    return weights, np.abs(weights).max(axis=1) / 127, inputs


def error(weights, steps, inputs, rounded):
    return float((((rounded * steps[:, None] - weights) @ inputs.T) ** 2).mean())


def test_outputs_move_far_less_than_by_rounding_each_weight_alone(layer):
    weights, steps, inputs = layer
    nearest = np.rint(weights / steps[:, None])
    chosen = gptq(weights, steps, inputs.T @ inputs)
    assert error(weights, steps, inputs, chosen) < error(weights, steps, inputs, nearest) / 2


def test_every_weight_stays_an_integer_that_eight_bits_hold(layer):
    weights, steps, inputs = layer
    chosen = gptq(weights, steps / 2, inputs.T @ inputs)
    assert chosen.dtype == np.int8
    assert chosen.min() >= -127
    assert chosen.max() <= 127


def test_inputs_that_have_nothing_in_common_leave_each_weight_at_its_nearest_step(layer):
    weights, steps, _ = layer
    chosen = gptq(weights, steps, np.eye(INPUTS))
    assert np.array_equal(chosen, np.rint(weights / steps[:, None]))


def test_a_layer_that_only_ever_saw_nothing_is_rounded_all_the_same(layer):
    weights, steps, _ = layer
    assert np.array_equal(gptq(weights, steps, np.zeros((INPUTS, INPUTS))), np.rint(weights / steps[:, None]))
