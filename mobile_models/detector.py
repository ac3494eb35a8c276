"""One LiteRT model: a square of pixels in, candidate rows out."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt
from ai_edge_litert.interpreter import Interpreter

from mobile_models.bundle import Bundle, BundleCorrupt
from mobile_models.errors import AssessmentError
from mobile_models.face import Face, FaceFinder
from mobile_models.image import Photo
from mobile_models.lesions import TYPES, FloatArray, IntArray


class ModelOutputInvalid(AssessmentError):
    """The model answered with something that is no detection."""

    code: ClassVar[str] = "model_output_invalid"


@dataclass(frozen=True)
class Rows:
    """The model's answer, one row an anchor, best first.

    Attributes:
        boxes: [n, 4] ymin xmin ymax xmax, 0–1 of the square, as the graph gives them.
        classes: [n] positions in `TYPES`.
        scores: [n] in 0..1.
    """

    boxes: FloatArray
    classes: IntArray
    scores: FloatArray


class Detector:
    """Runs a bundle's model through `ai-edge-litert` alone. Not to be shared between threads."""

    def __init__(self, bundle: Bundle, num_threads: int | None = None) -> None:
        """Load and prepare the model.

        Args:
            bundle: a verified bundle.
            num_threads: CPU threads; by default the machine's, at most four.

        Raises:
            BundleCorrupt: when the file is no model or its shapes are not the manifest's.
        """
        self.bundle = bundle
        threads = num_threads or min(4, os.cpu_count() or 1)
        try:
            self._interpreter = Interpreter(model_path=str(bundle.model_path), num_threads=threads)
            self._interpreter.allocate_tensors()
        except (ValueError, RuntimeError) as error:
            raise BundleCorrupt("its model file is no TFLite model that LiteRT can run") from error
        size = bundle.input_size_px
        inputs, outputs = self._interpreter.get_input_details(), self._interpreter.get_output_details()
        if [tuple(i["shape"]) for i in inputs] != [(1, size, size, 3)] or len(outputs) != 4:
            raise BundleCorrupt("its model does not have the input and the four outputs its manifest names")
        self._face_finder = FaceFinder(bundle.face_path, bundle.exposure, bundle.pad_value, threads)
        self._input: int = inputs[0]["index"]
        self._outputs: list[int] = [o["index"] for o in outputs]

    def faces(self, photo: Photo) -> list[Face]:
        """The faces of a photo, best first."""
        return self._face_finder.find(photo)

    def raw_faces(self, photo: Photo) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Places [896, 16] and logits [896] exactly as the face model gives them for a photo."""
        return self._face_finder.raw(photo)

    def raw(self, tensor: npt.NDArray[np.float32]) -> list[npt.NDArray[np.float32]]:
        """Boxes, classes, scores and count exactly as the graph gives them for a [1, S, S, 3] tensor."""
        self._interpreter.set_tensor(self._input, tensor)
        self._interpreter.invoke()
        return [self._interpreter.get_tensor(index) for index in self._outputs]

    def detect(self, tensor: npt.NDArray[np.float32]) -> Rows:
        """Rows that reach the bundle's score floor, best first.

        Raises:
            ModelOutputInvalid: when a row is not finite, or its class or score is out of range.
        """
        boxes, classes, scores, count = self.raw(tensor)
        return read_rows(boxes, classes, scores, count, self.bundle.calibration.score_floor)


def read_rows(
    boxes: npt.NDArray[np.float32],
    classes: npt.NDArray[np.float32],
    scores: npt.NDArray[np.float32],
    count: npt.NDArray[np.float32],
    floor: float,
) -> Rows:
    """Check the four outputs and keep the rows that reach the floor, best first."""
    answer = np.column_stack((boxes[0], classes[0], scores[0])).astype(np.float64)
    if not (np.isfinite(answer).all() and np.isfinite(count).all()):
        raise _invalid("numbers that are not finite")
    answer = answer[: int(count[0])]
    answer = answer[answer[:, 5] >= floor]
    kinds = np.rint(answer[:, 4]).astype(np.int64)
    if ((kinds < 0) | (kinds >= len(TYPES))).any() or (answer[:, 5] > 1 + 1e-6).any():
        raise _invalid("a class or a score out of range")
    order = np.argsort(-answer[:, 5], kind="stable")
    return Rows(boxes=answer[order, :4], classes=kinds[order], scores=answer[order, 5])


def _invalid(what: str) -> ModelOutputInvalid:
    return ModelOutputInvalid(
        f"The model answered with {what}, so nothing is counted. Use the released bundle, or export this one again."
    )
