"""8-bit weights rounded so that their errors cancel on real inputs, instead of each to its nearest step.

GPTQ (Frantar et al. 2023, after Hassibi & Stork 1993): weights of one output are rounded one after the other, and what
each rounding does to the output on the calibration inputs is taken back by the weights that are still free. Steps and
file size stay as they were; only which integer stands in each place changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from ai_edge_litert import schema_py_generated as tflite
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from ai_edge_litert.tools import flatbuffer_utils

Floats = npt.NDArray[np.float32]
INPUT, WEIGHTS = 0, 1
DAMPING = 0.01
"""Share of the mean curvature that is added to each: keeps weights that see little from running away."""

BLOCK = 128
PLACES = 600
"""Places of each photo that a layer's inputs are taken from, spread evenly."""


@dataclass(frozen=True)
class Convolution:
    """One convolution of a graph: the numbers of its tensors, and how its window moves."""

    input: int
    weights: int
    stride: tuple[int, int]
    same: bool


def round_weights(float32: Path, quantised: Path, squares: Iterable[Floats]) -> None:
    """Rewrite the 8-bit weights of ``quantised``, made from ``float32``, so that outputs on ``squares`` change least.

    Args:
        float32: The file that the other was made from.
        quantised: The file to rewrite, with one step (scale) an output channel.
        squares: (1, S, S, 3) float32 inputs.
    """
    original = flatbuffer_utils.read_model(str(float32))
    model = flatbuffer_utils.read_model(str(quantised))
    pairs = zip(_convolutions(original), _convolutions(model), strict=True)
    eight = [(a, b) for a, b in pairs if _tensor(model, b.weights).type == tflite.TensorType.INT8]
    curvatures = _curvatures(float32, original, [a for a, _ in eight], squares)
    for (a, b), curvature in zip(eight, curvatures, strict=True):
        tensor = _tensor(model, b.weights)
        steps = np.asarray(tensor.quantization.scale, dtype=np.float64)
        weights = _constant(original, a.weights, np.float32)
        rounded = gptq(weights.reshape(len(weights), -1).astype(np.float64), steps, curvature)
        model.buffers[tensor.buffer].data = np.frombuffer(rounded.reshape(weights.shape).tobytes(), np.uint8)
    flatbuffer_utils.write_model(model, str(quantised))


def gptq(
    weights: npt.NDArray[np.float64], steps: npt.NDArray[np.float64], curvature: npt.NDArray[np.float64]
) -> npt.NDArray[np.int8]:
    """Return the integers, −127 to 127, that stand for ``weights``.

    Args:
        weights: (outputs, inputs).
        steps: (outputs,) what one integer step is worth.
        curvature: (inputs, inputs) sum of x xᵀ over the inputs x that the weights meet.
    """
    size = len(curvature)
    damped = curvature + np.eye(size) * (DAMPING * np.trace(curvature) / size + 1e-12)
    factor = np.linalg.cholesky(
        np.linalg.inv(damped)
    ).T  # Upper: its row i is what rounding weight i does to later ones.
    free, rounded = weights.copy(), np.zeros(weights.shape, np.int8)
    for start in range(0, size, BLOCK):
        stop = min(start + BLOCK, size)
        errors = np.zeros((len(weights), stop - start))
        for i in range(start, stop):
            rounded[:, i] = np.clip(np.rint(free[:, i] / steps), -127, 127)
            errors[:, i - start] = (free[:, i] - rounded[:, i] * steps) / factor[i, i]
            free[:, i + 1 : stop] -= errors[:, i - start, None] * factor[i, i + 1 : stop]
        free[:, stop:] -= errors @ factor[start:stop, stop:]
    return rounded


def _curvatures(
    file: Path, model: Any, layers: list[Convolution], squares: Iterable[Floats]
) -> list[npt.NDArray[np.float64]]:
    interpreter = Interpreter(
        str(file),
        experimental_preserve_all_tensors=True,
        experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
        num_threads=2,
    )
    interpreter.allocate_tensors()
    sums = [np.zeros((_inputs_of(model, layer),) * 2) for layer in layers]
    for square in squares:
        interpreter.set_tensor(interpreter.get_input_details()[0]["index"], square)
        interpreter.invoke()
        for layer, curvature in zip(layers, sums, strict=True):
            seen = _windows(interpreter.get_tensor(layer.input)[0], _tensor(model, layer.weights).shape[1:3], layer)
            curvature += (seen.T @ seen).astype(np.float64)
    return sums


def _windows(image: Floats, window: tuple[int, int], layer: Convolution) -> Floats:
    """Return (places, window height × width × channels) what a convolution sees of an (h, w, channels) image."""
    if layer.same:
        margins = [_margin(n, k, s) for n, k, s in zip(image.shape[:2], window, layer.stride, strict=True)]
        image = np.pad(image, (*margins, (0, 0)))
    views = np.lib.stride_tricks.sliding_window_view(image, tuple(window), axis=(0, 1))  # type: ignore[call-overload]
    views = views[:: layer.stride[0], :: layer.stride[1]]
    at = np.linspace(0, views.shape[0] * views.shape[1] - 1, PLACES).astype(int)
    rows, columns = np.unravel_index(np.unique(at), views.shape[:2])
    seen = views[rows, columns].transpose(0, 2, 3, 1)
    return np.ascontiguousarray(seen).reshape(len(seen), -1)


def _margin(size: int, window: int, stride: int) -> tuple[int, int]:
    """Return TensorFlow's SAME padding before and after."""
    total = max((-(-size // stride) - 1) * stride + window - size, 0)
    return total // 2, total - total // 2


def _convolutions(model: Any) -> Iterator[Convolution]:
    codes = [max(code.builtinCode, code.deprecatedBuiltinCode) for code in model.operatorCodes]
    (graph,) = model.subgraphs
    widened = {
        operator.outputs[0]: operator.inputs[0]
        for operator in graph.operators
        if codes[operator.opcodeIndex] == tflite.BuiltinOperator.DEQUANTIZE
    }
    for operator in graph.operators:
        if codes[operator.opcodeIndex] == tflite.BuiltinOperator.CONV_2D:
            options = operator.builtinOptions
            weights = widened.get(operator.inputs[WEIGHTS], operator.inputs[WEIGHTS])
            stride = (options.strideH, options.strideW)
            same = options.padding == tflite.Padding.SAME
            yield Convolution(int(operator.inputs[INPUT]), int(weights), stride, same)


def _inputs_of(model: Any, layer: Convolution) -> int:
    return int(np.prod(_tensor(model, layer.weights).shape[1:]))


def _constant(model: Any, number: int, kind: type[np.float32]) -> Floats:
    tensor = _tensor(model, number)
    return np.frombuffer(bytes(model.buffers[tensor.buffer].data), kind).reshape(tensor.shape)


def _tensor(model: Any, number: int) -> Any:
    return model.subgraphs[0].tensors[number]
