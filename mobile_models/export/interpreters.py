"""Every file run, after its last edit, in each interpreter that phones bring, and held to the one used here.

ai-edge-litert (what this software runs), TensorFlow's own interpreter, and the TFLite Task library in a process of
its own, which also proves metadata and labels. MediaPipe needs an environment of its own: the tests make one.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from PIL import Image

from mobile_models.lesions import TYPES, FloatArray

TASK_LIBRARY = Path(__file__).with_name("task_library.py")
FLOOR = 0.1
"""Detections that score less are not compared."""


class InterpretersDiffer(RuntimeError):
    """A file does not give in one interpreter what it gives in another."""


@dataclass(frozen=True)
class Tolerance:
    """How far two interpreters may differ on one file: in score, and in pixels of the input."""

    score: float
    box_px: float


TOLERANCES = {
    "float32": Tolerance(1e-3, 2.0),
    "float16": Tolerance(1e-3, 2.0),
    "dynamic": Tolerance(1e-3, 2.0),
    "int8": Tolerance(0.04, 2.0),
}
"""Task libraries give whole pixels of a corner and of the size, which loses up to 2 px of the far corner."""


@dataclass(frozen=True)
class Detections:
    """What one interpreter found.

    Attributes:
        labels: [n] the class's name.
        scores: [n].
        boxes: [n, 4] left top right bottom, pixels of the input.
    """

    labels: tuple[str, ...]
    scores: FloatArray
    boxes: FloatArray

    @classmethod
    def from_rows(cls, rows: list[list[object]]) -> Detections:
        """Take rows of label, score, left, top, right, bottom."""
        numbers = np.array([row[1:] for row in rows], dtype=np.float64).reshape(-1, 5)
        return cls(tuple(str(row[0]) for row in rows), numbers[:, 0], numbers[:, 1:])


def run_litert(model: Path, pixels: Image.Image) -> Detections:
    """Detect with ai-edge-litert."""
    return _run(Interpreter(model_path=str(model), num_threads=1), pixels)


def run_tensorflow(model: Path, pixels: Image.Image) -> Detections:
    """Detect with TensorFlow's interpreter."""
    import tensorflow

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        interpreter = tensorflow.lite.Interpreter(model_path=str(model), num_threads=1)
    return _run(interpreter, pixels)


def run_task_library(model: Path, pixels: Image.Image) -> Detections:
    """Detect with the TFLite Task library. Raises InterpretersDiffer when it refuses the file."""
    with tempfile.TemporaryDirectory() as folder:
        image = Path(folder) / "square.png"
        pixels.save(image)
        command = [sys.executable, str(TASK_LIBRARY), str(model), str(image), str(FLOOR)]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if ran.returncode:
        last = ran.stderr.strip().splitlines()[-1:] or ["no reason given"]
        raise InterpretersDiffer(f"{model.name}: the TFLite Task library does not run it ({last[0]})")
    return Detections.from_rows(json.loads(ran.stdout))


INTERPRETERS = {"TensorFlow": run_tensorflow, "TFLite Task library": run_task_library}


def compare_all(model: Path, kind: str, pixels: Image.Image) -> dict[str, dict[str, float]]:
    """Run a file in every interpreter and return how far each is from ai-edge-litert, see `largest_distance`.

    Args:
        model: The TFLite file.
        kind: Its format, which sets the tolerance.
        pixels: A square RGB photo of the model's input size.

    Raises:
        InterpretersDiffer: one does not run it, or gives other detections.
    """
    expected = run_litert(model, pixels)
    return {
        name: largest_distance(expected, run(model, pixels), kind, f"{model.name} in {name}")
        for name, run in INTERPRETERS.items()
    }


def largest_distance(expected: Detections, other: Detections, kind: str, what: str) -> dict[str, float]:
    """Return the largest difference of score and of box edges (pixels) between detections and their namesakes.

    Raises:
        InterpretersDiffer: there is nothing to compare, or a detection clear of the floor has no namesake.
    """
    tolerance = TOLERANCES[kind]
    clear = expected.scores >= FLOOR + tolerance.score
    if not clear.any():
        raise InterpretersDiffer(f"{what}: nothing to compare, as nothing was detected")
    largest = {"detections": int(clear.sum()), "score": 0.0, "box_px": 0.0}
    for place in np.flatnonzero(clear):
        same = np.array([label == expected.labels[place] for label in other.labels], dtype=bool)
        score = np.abs(other.scores - expected.scores[place])
        box = np.abs(other.boxes - expected.boxes[place]).max(axis=1, initial=0)
        near = np.flatnonzero(same & (score <= tolerance.score) & (box <= tolerance.box_px))
        if not near.size:
            raise InterpretersDiffer(
                f"{what}: no {expected.labels[place]} of score {expected.scores[place]:.3f} ± {tolerance.score:g} "
                f"within {tolerance.box_px:g} px of where ai-edge-litert has one"
            )
        best = near[np.argmin(box[near])]
        largest["score"] = round(max(largest["score"], float(score[best])), 6)
        largest["box_px"] = round(max(largest["box_px"], float(box[best])), 3)
    return largest


def _run(interpreter: Interpreter, pixels: Image.Image) -> Detections:
    interpreter.allocate_tensors()
    input_ = interpreter.get_input_details()[0]
    interpreter.set_tensor(input_["index"], np.asarray(pixels, dtype=np.float32)[None] / np.float32(255))
    interpreter.invoke()
    boxes, classes, scores, _ = (
        interpreter.get_tensor(output["index"])[0] for output in interpreter.get_output_details()
    )
    reached = scores >= FLOOR
    edges = boxes[reached][:, [1, 0, 3, 2]].astype(np.float64) * pixels.width
    return Detections(
        tuple(TYPES[int(number)] for number in classes[reached]), scores[reached].astype(np.float64), edges
    )
