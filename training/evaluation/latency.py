"""How long a LiteRT file runs on this machine. Measured, never asserted."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from training.evaluation.layouts import Layout

ROUNDS = 15


@dataclass(frozen=True)
class Latency:
    """Median milliseconds a photo, and the median ratio to the first layout."""

    ms: float
    ratio: float


def latencies(files: Mapping[Layout, Path], threads: int, rounds: int = ROUNDS) -> dict[Layout, Latency]:
    """Return how long each layout takes.

    Layouts take turns, and a ratio is taken within a round, so that what else the machine does falls on all alike.
    """
    ready = {path: _loaded(path, threads) for path in set(files.values())}
    spent: dict[Layout, list[float]] = {layout: [] for layout in files}
    for turn in range(rounds + 1):
        for layout, path in files.items():
            start = time.perf_counter()
            for _ in range(layout.runs):
                ready[path].invoke()
            if turn:  # The first round warms up.
                spent[layout].append(1000 * (time.perf_counter() - start))
    first = next(iter(spent.values()))
    return {
        layout: Latency(
            ms=round(statistics.median(each), 2),
            ratio=round(statistics.median(a / b for a, b in zip(each, first, strict=True)), 2),
        )
        for layout, each in spent.items()
    }


def _loaded(path: Path, threads: int) -> Interpreter:
    interpreter = Interpreter(model_path=str(path), num_threads=threads)
    interpreter.allocate_tensors()
    input_ = interpreter.get_input_details()[0]
    pixels = np.random.default_rng(0).random(tuple(input_["shape"]), dtype=np.float32)
    interpreter.set_tensor(input_["index"], pixels)
    return interpreter
