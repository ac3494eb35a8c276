"""The float32 file made smaller: half-precision weights, or 8-bit weights, or 8-bit weights and activations.

What was measured on this graph, as the share of grades that change on real photos: half precision anywhere but in
`HALF` makes a file that TensorFlow 2.19 refuses; 8-bit activations in the head lose most detections, and in the
backbone and the way up of the neck they change grades in three to seven of a hundred; 8-bit weights harm where there
are few of them (`SENSITIVE`, an eighth of all weights). So these stay in half precision in every file, the dynamic
file's other weights have 8 bits and are widened when they are used, and the int8 file computes in 8 bits only on the
neck's way down (`EIGHT_BITS`). Fewer grades still change when each weight's rounding is chosen (`rounding`). Rounding
activations of the dynamic file too, as TFLite's dynamic range does, gave other types in another interpreter and changed
one grade in a hundred.
"""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from ai_edge_quantizer.algorithm_manager import AlgorithmName
from ai_edge_quantizer.qtyping import TFLOperationName
from ai_edge_quantizer.quantizer import Quantizer

from mobile_models.export.biases import halve_biases
from mobile_models.export.graph import Body, Branch
from mobile_models.export.rounding import round_weights

HALF = (TFLOperationName.CONV_2D, TFLOperationName.FULLY_CONNECTED)
EVERYTHING = ".*"
BODY = rf"\.{Body.__name__}_body/"
_MODULE = r"ultralytics\.nn\.modules\."
_FIRST = r"conv\.Conv_[0135]/|block\.C3_[24]/"
STEM = rf"{BODY}{_MODULE}({_FIRST})"
"""Backbone down to a sixteenth of the input: a twentieth of the weights."""

SENSITIVE = rf"{BODY}{_MODULE}({_FIRST}|conv\.Conv_14/|block\.(SPPF_9|C3_17)/)"
"""The stem, pyramid pooling, whose maxima spread over wide ranges, and what makes the finest level of the neck."""

EIGHT_BITS = rf"{BODY}{_MODULE}(conv\.Conv_(18|21)|block\.C3_23)/"
"""What the int8 file computes in 8 bits: where the neck goes down to its coarsest level, a quarter of the weights."""

SPARED = rf"{BODY}{_MODULE}block\.C3_(6|13)/"
"""The next most sensitive, in half precision in the int8 file, which has the room."""

LOGITS = rf"\.{Branch.__name__}_classes/.*/torch\.nn\.modules\.conv\.Conv2d_\d"
"""The last convolution of the classes at each level."""

SIGNATURE, INPUT = "serving_default", "args_0"


def write_float16(float32: Path, out: Path) -> None:
    """Weights and biases of convolutions in half precision, but for the first layers; activations stay float32."""
    quantizer = Quantizer(str(float32))
    _halve(quantizer, rf"^(?!.*{STEM})")
    _write(quantizer, out)
    halve_biases(out)


def write_dynamic(float32: Path, out: Path, squares: Sequence[npt.NDArray[np.float32]]) -> None:
    """8-bit weights, half-precision ones where 8 bits harm; activations stay float32.

    Args:
        float32: The file to quantise.
        out: Where to write.
        squares: (1, S, S, 3) float32 inputs that the weights are rounded for.
    """
    quantizer = Quantizer(str(float32))
    _narrow_weights(quantizer)
    _write(quantizer, out)
    halve_biases(out)
    round_weights(float32, out, squares)


def write_int8(float32: Path, out: Path, squares: Sequence[npt.NDArray[np.float32]]) -> None:
    """As the dynamic file, with a few more layers spared, and 8-bit activations too on the neck's way down.

    Args:
        float32: The file to quantise.
        out: Where to write.
        squares: (1, S, S, 3) float32 inputs that weights are rounded for and ranges of activations are read from.
    """
    quantizer = Quantizer(str(float32))
    _narrow_weights(quantizer)
    _halve(quantizer, SPARED)
    quantizer.add_static_config(EIGHT_BITS, TFLOperationName.ALL_SUPPORTED, activation_num_bits=8, weight_num_bits=8)
    with _quiet():
        ranges = quantizer.calibrate({SIGNATURE: [{INPUT: square} for square in squares]}, num_threads=2)
    _write(quantizer, out, ranges)
    halve_biases(out)
    round_weights(float32, out, squares)


def _narrow_weights(quantizer: Quantizer) -> None:
    for operation in HALF:
        quantizer.add_weight_only_config(EVERYTHING, operation, num_bits=8)
    for scope in (SENSITIVE, LOGITS):
        _halve(quantizer, scope)


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
