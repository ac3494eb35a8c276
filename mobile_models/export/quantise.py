"""The float32 file made smaller: half-precision weights, or 8-bit weights, or 8-bit weights and activations.

What was measured on this graph: half precision anywhere but in `HALF` makes a file that TensorFlow 2.19 refuses;
8-bit activations in the head lose most detections; and most of what 8 bits cost in counts comes from the first
layers, which have few weights. So the first layers are 8-bit in no file, and the int8 file has 8-bit weights and
activations in the rest of backbone and neck (`Body`, a scope of the graph) and a head that computes in float. The
dynamic file's 8-bit weights are widened when they are used: rounding activations too, as TFLite's dynamic range does,
gave other types in another interpreter and changed one grade in a hundred.
"""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from ai_edge_quantizer.algorithm_manager import AlgorithmName
from ai_edge_quantizer.qtyping import TFLOperationName
from ai_edge_quantizer.quantizer import Quantizer

from mobile_models.export.biases import halve_biases
from mobile_models.export.graph import Body, Branch

HALF = (TFLOperationName.CONV_2D, TFLOperationName.FULLY_CONNECTED)
EVERYTHING = ".*"
BODY = rf"\.{Body.__name__}_body/"
_MODULE = r"ultralytics\.nn\.modules\."
_FIRST = r"conv\.Conv_[0135]/|block\.C3_[24]/"
STEM = rf"{BODY}{_MODULE}({_FIRST})"
"""Backbone down to a sixteenth of the input: 6 % of the weights."""

EIGHT_BITS = rf"{BODY}(?!{_MODULE}({_FIRST}|block\.SPPF_9/))"
"""The rest of the backbone less its pyramid pooling, whose maxima spread over wide ranges, and the neck."""

LOGITS = rf"\.{Branch.__name__}_classes/.*/torch\.nn\.modules\.conv\.Conv2d_\d"
"""The last convolution of the classes at each level."""

SIGNATURE, INPUT = "serving_default", "args_0"


def write_float16(float32: Path, out: Path) -> None:
    """Weights and biases of convolutions in half precision, but for the first layers; activations stay float32."""
    quantizer = Quantizer(str(float32))
    _halve(quantizer, rf"^(?!.*{STEM})")
    _write(quantizer, out)
    halve_biases(out)


def write_dynamic(float32: Path, out: Path) -> None:
    """8-bit weights, half-precision ones in the first layers and for the logits; activations stay float32."""
    quantizer = Quantizer(str(float32))
    for operation in HALF:
        quantizer.add_weight_only_config(EVERYTHING, operation, num_bits=8)
    for scope in (STEM, LOGITS):
        _halve(quantizer, scope)
    _write(quantizer, out)
    halve_biases(out)


def write_int8(float32: Path, out: Path, squares: Iterable[npt.NDArray[np.float32]]) -> None:
    """8-bit weights and activations in deeper layers; stem and head have half-precision weights and compute in float.

    Args:
        float32: The file to quantise.
        out: Where to write.
        squares: (1, S, S, 3) float32 inputs that the range of each activation is read from.
    """
    quantizer = Quantizer(str(float32))
    _halve(quantizer)
    quantizer.add_static_config(EIGHT_BITS, TFLOperationName.ALL_SUPPORTED, activation_num_bits=8, weight_num_bits=8)
    with _quiet():
        ranges = quantizer.calibrate({SIGNATURE: [{INPUT: square} for square in squares]}, num_threads=2)
    _write(quantizer, out, ranges)
    halve_biases(out)


def _halve(quantizer: Quantizer, scope: str = EVERYTHING) -> None:
    for operation in HALF:
        quantizer.add_weight_only_config(scope, operation, num_bits=16, algorithm_key=AlgorithmName.FLOAT_CASTING)


def _write(quantizer: Quantizer, out: Path, ranges: object = None) -> None:
    with _quiet():
        quantizer.quantize(ranges, serialize_to_path=str(out), enable_progress_report=False)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep the quantizer's own progress bars and its warning about memory from the export's output."""
    with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        yield
