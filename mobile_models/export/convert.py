"""PyTorch to LiteRT, NHWC, and the proof that the file gives what PyTorch gives."""

from __future__ import annotations

from pathlib import Path

import litert_torch
import numpy as np
import torch
from ai_edge_litert.interpreter import Interpreter

from mobile_models.export.graph import PhoneGraph
from mobile_models.lesions import FloatArray


class ConversionError(RuntimeError):
    """The converted file does not give what PyTorch gives."""


def convert_float32(graph: PhoneGraph, size_px: int, path: Path) -> None:
    """Write ``graph`` as a float32 LiteRT file with an NHWC input (1, S, S, 3)."""
    nhwc = litert_torch.to_channel_last_io(graph, args=[0]).eval()
    litert_torch.convert(nhwc, (torch.rand(1, size_px, size_px, 3),)).export(str(path))


def largest_difference(graph: PhoneGraph, path: Path, size_px: int, tolerance: float = 1e-4) -> float:
    """Run both on the same pixels and return the largest difference of scores and of rows.

    Raises:
        ConversionError: shapes, order or values differ by more than ``tolerance``.
    """
    pixels = torch.from_numpy(spotted_skin(size_px)).permute(2, 0, 1)[None].contiguous()
    with torch.no_grad():
        expected = [tensor.numpy() for tensor in graph(pixels)]
    interpreter = Interpreter(model_path=str(path))
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], pixels.permute(0, 2, 3, 1).contiguous().numpy())
    interpreter.invoke()
    computed = [interpreter.get_tensor(output["index"]) for output in interpreter.get_output_details()]
    if [output.shape for output in computed] != [output.shape for output in expected]:
        raise ConversionError(
            f"outputs {[output.shape for output in computed]}, expected {[output.shape for output in expected]}"
        )
    worst = max(float(np.abs(computed[2] - expected[2]).max()), _farthest_row(expected, computed, tolerance))
    if worst > tolerance:
        raise ConversionError(f"the file differs from PyTorch by {worst:.2g}; at most {tolerance:g} is allowed")
    return worst


def spotted_skin(size_px: int) -> FloatArray:
    """Return (S, S, 3) float32 pixels of something like skin with forty red spots: input that gives detections."""
    rng = np.random.default_rng(0)
    pixels = np.full((size_px, size_px, 3), (0.80, 0.62, 0.52)) + rng.normal(0, 0.01, (size_px, size_px, 1))
    down, across = np.mgrid[:size_px, :size_px] / size_px
    for x, y, radius in rng.uniform((0.05, 0.05, 0.006), (0.95, 0.95, 0.025), (40, 3)):
        spot = np.exp(-((across - x) ** 2 + (down - y) ** 2) / radius**2)
        pixels -= spot[..., None] * (0.05, 0.30, 0.28)
    return pixels.clip(0, 1).astype(np.float32)


def _farthest_row(expected: list[FloatArray], computed: list[FloatArray], floor: float) -> float:
    """Largest distance of a row of PyTorch's from the file's nearest one, in boxes and score.

    Rows whose scores are equal to the last digit may change places; duplicates share the score 0.
    """
    mine, its = (np.column_stack((rows[0][0], rows[2][0])) for rows in (expected, computed))
    mine = mine[mine[:, 4] > floor]
    return float(np.abs(mine[:, None] - its[None]).max(axis=2).min(axis=1).max(initial=0))
