"""How far unboxed skin speaks against each lesion type: fully where annotators boxed that type, else not at all."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from mobile_models.lesions import TYPES
from training.array import Array
from training.datasets.photo import UNKNOWN

UNTYPED_BACKGROUND = (0.6, 1.0, 1.0, 1.0)
"""Untyped sources box the lesions that strike the eye; comedones only now and then. A guess, not fitted."""


def background_of(boxed: Collection[int]) -> Array:
    """Return (4,) float32 weights for the types that annotators boxed; ``UNKNOWN`` stands for untyped lesions."""
    weights = np.array([float(index in boxed) for index in range(len(TYPES))], dtype=np.float32)
    if UNKNOWN in boxed:
        weights = np.maximum(weights, np.array(UNTYPED_BACKGROUND, dtype=np.float32))
    return weights
