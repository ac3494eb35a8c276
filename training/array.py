"""A numpy array of whatever numbers; docstrings say their shapes and units."""

from __future__ import annotations

from typing import Any

import numpy.typing as npt

Array = npt.NDArray[Any]
