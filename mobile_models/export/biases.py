"""Biases in half precision beside weights in half precision.

ai-edge-quantizer leaves biases in float32, and XNNPACK inside TensorFlow 2.19 takes both to have one type: it reads
the bits of a float32 bias as half-precision numbers, and answers NaN without complaint. Newer ones take either.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as tflite
from ai_edge_litert.tools import flatbuffer_utils

CONVOLVING = (tflite.BuiltinOperator.CONV_2D, tflite.BuiltinOperator.FULLY_CONNECTED)
WEIGHTS, BIAS = 1, 2


def halve_biases(path: Path) -> None:
    """Rewrite a file so that every bias beside half-precision weights is a half-precision constant, dequantised."""
    model = flatbuffer_utils.read_model(str(path))
    codes = [max(code.builtinCode, code.deprecatedBuiltinCode) for code in model.operatorCodes]
    dequantise = codes.index(tflite.BuiltinOperator.DEQUANTIZE)
    (graph,) = model.subgraphs
    halved = {
        operator.outputs[0]
        for operator in graph.operators
        if operator.opcodeIndex == dequantise and graph.tensors[operator.inputs[0]].type == tflite.TensorType.FLOAT16
    }
    operators = []
    for operator in graph.operators:
        if codes[operator.opcodeIndex] in CONVOLVING and operator.inputs[WEIGHTS] in halved:
            half, widened = _halve(model, graph, operator.inputs[BIAS])
            operators.append(tflite.OperatorT(opcodeIndex=dequantise, inputs=[half], outputs=[widened]))
            operator.inputs[BIAS] = widened
        operators.append(operator)
    graph.operators = operators
    flatbuffer_utils.write_model(model, str(path))


def _halve(model: Any, graph: Any, bias: int) -> tuple[int, int]:
    """Add a half-precision copy of a constant, and the tensor it is widened to; return both numbers."""
    tensor = graph.tensors[bias]
    values = np.frombuffer(bytes(model.buffers[tensor.buffer].data), np.float32).astype(np.float16)
    model.buffers.append(tflite.BufferT(data=np.frombuffer(values.tobytes(), np.uint8)))
    stored = (tflite.TensorType.FLOAT16, len(model.buffers) - 1, b"half")
    computed = (tflite.TensorType.FLOAT32, 0, b"widened")
    for kind, buffer, ending in (stored, computed):
        name = tensor.name + b"/" + ending
        graph.tensors.append(tflite.TensorT(shape=tensor.shape, type=kind, buffer=buffer, name=name))
    return len(graph.tensors) - 2, len(graph.tensors) - 1
