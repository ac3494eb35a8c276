"""Which faces a photo shows: a small LiteRT model that gives each a box and six key points.

The model is MediaPipe's BlazeFace for short range (Bazarevsky 2019, arXiv 1907.05047; Apache-2.0). It looks at the
whole photo as a square of 128 px, in the reference light, and answers for 896 places ("anchors"): 16 × 16 with two
each, then 8 × 8 with six. Answers that overlap are one face, whose box is their mean weighted by score.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from ai_edge_litert.interpreter import Interpreter

from mobile_models.bundle_errors import BundleCorrupt
from mobile_models.exposure import Exposure
from mobile_models.image import Photo, square_crop
from mobile_models.lesions import FloatArray

SIZE_PX = 128
LAYERS = ((16, 2), (8, 6))
"""Cells along a side of each grid of anchors, and anchors in a cell, all at its centre."""

SAME_FACE = 0.3
"""Boxes that overlap by this share of their union are one face."""

LEAST_SCORE = 0.3
"""Answers below are never looked at; what is called a face is for the gate to say."""

RIGHT_EYE, LEFT_EYE, NOSE, MOUTH, RIGHT_EAR, LEFT_EAR = range(6)
"""Key points, the person's own right and left."""


@dataclass(frozen=True)
class Face:
    """One face as it lies in the whole upright photo.

    Attributes:
        score: 0–1, how sure the model is.
        box: x0 y0 x1 y1 in pixels of the photo, from the brows to the chin; may reach beyond its edges.
        points: [6, 2] x, y of the key points in pixels of the photo.
    """

    score: float
    box: tuple[float, float, float, float]
    points: FloatArray

    @property
    def size_px(self) -> float:
        """The longer side of the box, px: it changes less than the other with a turn of the head."""
        return max(self.box[2] - self.box[0], self.box[3] - self.box[1])

    @property
    def centre(self) -> tuple[float, float]:
        """x, y of the box's centre, px."""
        return (self.box[0] + self.box[2]) / 2, (self.box[1] + self.box[3]) / 2

    def holds(self, point: tuple[float, float]) -> bool:
        """Whether a point x, y of the photo lies in the box."""
        return self.box[0] <= point[0] <= self.box[2] and self.box[1] <= point[1] <= self.box[3]

    def to_json(self) -> dict[str, Any]:
        """The face as it stands in an assessment."""
        return {
            "score": round(self.score, 6),
            "box": [round(edge, 2) for edge in self.box],
            "roll_degrees": round(self.roll_degrees, 2),
            "turn": round(self.turn, 4),
        }

    @property
    def roll_degrees(self) -> float:
        """How far the head leans: the angle from the person's right eye to the left, clockwise in the photo."""
        across, down = self.points[LEFT_EYE] - self.points[RIGHT_EYE]
        return math.degrees(math.atan2(down, across))

    @property
    def turn(self) -> float:
        """How far the head is turned: 0 to the front, about −1 with the left cheek to the camera, +1 with the right.

        The nose's offset from the middle of the ears along the line of the eyes, in halves of the box's width.
        """
        roll = math.radians(self.roll_degrees)
        offset = self.points[NOSE] - (self.points[RIGHT_EAR] + self.points[LEFT_EAR]) / 2
        along = offset[0] * math.cos(roll) + offset[1] * math.sin(roll)
        return float(2 * along / (self.box[2] - self.box[0]))


class FaceFinder:
    """Runs the face model through `ai-edge-litert` alone. Not to be shared between threads."""

    def __init__(self, model: Path, exposure: Exposure, pad_value: int, num_threads: int = 1) -> None:
        """Load and prepare the model.

        Raises:
            BundleCorrupt: when the file is no model, or another one.
        """
        self._exposure, self._pad_value = exposure, pad_value
        try:
            self._interpreter = Interpreter(model_path=str(model), num_threads=num_threads)
            self._interpreter.allocate_tensors()
        except (ValueError, RuntimeError) as error:
            raise BundleCorrupt("its face model is no TFLite model that LiteRT can run") from error
        inputs, outputs = self._interpreter.get_input_details(), self._interpreter.get_output_details()
        by_shape = {tuple(int(n) for n in output["shape"]): output["index"] for output in outputs}
        anchors = len(ANCHORS)
        if [tuple(i["shape"]) for i in inputs] != [(1, SIZE_PX, SIZE_PX, 3)] or set(by_shape) != {
            (1, anchors, 16),
            (1, anchors, 1),
        }:
            raise BundleCorrupt("its face model does not have the input and the two outputs of the one that is known")
        self._input: int = inputs[0]["index"]
        self._places, self._scores = by_shape[1, anchors, 16], by_shape[1, anchors, 1]

    def find(self, photo: Photo) -> list[Face]:
        """The faces of a photo that score `LEAST_SCORE` or more, best first."""
        square = square_crop(photo, None, self._pad_value)
        scale, corner = np.array([square.width_px, square.height_px]), np.array([square.left_px, square.top_px])
        faces = []
        for score, box, points in faces_of(*self.raw(photo)):
            x0, y0, x1, y1 = (box * scale + corner).ravel().tolist()
            faces.append(Face(score, (x0, y0, x1, y1), points * scale + corner))
        return faces

    def raw(self, photo: Photo) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Places [896, 16] and logits [896] as the model gives them."""
        levels = square_crop(photo, None, self._pad_value).levels(SIZE_PX, self._exposure)
        self._interpreter.set_tensor(self._input, levels[None].astype(np.float32) / np.float32(127.5) - np.float32(1))
        self._interpreter.invoke()
        places, logits = (self._interpreter.get_tensor(index) for index in (self._places, self._scores))
        return places[0], logits[0, :, 0]


def faces_of(
    places: npt.NDArray[np.floating[Any]], logits: npt.NDArray[np.floating[Any]]
) -> list[tuple[float, FloatArray, FloatArray]]:
    """Score, box [2, 2] (corner, opposite corner) and key points [6, 2] of each face, 0–1 of the square, best first.

    Args:
        places: [896, 16] the model's answer in pixels of its input: centre and size relative to the anchor, then six
            points relative to the anchor.
        logits: [896].
    """
    scores = 1 / (1 + np.exp(-np.clip(logits.astype(np.float64), -80, 80)))
    order = np.argsort(-scores, kind="stable")
    left = [int(i) for i in order if scores[i] >= LEAST_SCORE and np.isfinite(places[i]).all()]
    pairs = places.astype(np.float64).reshape(len(ANCHORS), 8, 2) / SIZE_PX
    centre, size, points = pairs[:, 0] + ANCHORS, pairs[:, 1], pairs[:, 2:] + ANCHORS[:, None]
    boxes = np.stack([centre - size / 2, centre + size / 2], axis=1)
    faces = []
    while left:
        same = [i for i in left if overlap(boxes[left[0]], boxes[i]) >= SAME_FACE] or left[:1]
        weights = scores[same] / scores[same].sum()
        faces.append(
            (
                float(scores[left[0]]),
                np.tensordot(weights, boxes[same], axes=1),
                np.tensordot(weights, points[same], axes=1),
            )
        )
        left = [i for i in left if i not in same]
    return faces


def overlap(box: FloatArray, other: FloatArray) -> float:
    """Shared area of two boxes [2, 2] as a share of their union; 0 where one is empty."""
    shared = (np.minimum(box[1], other[1]) - np.maximum(box[0], other[0])).clip(0).prod()
    union = (box[1] - box[0]).clip(0).prod() + (other[1] - other[0]).clip(0).prod() - shared
    return float(shared / union) if union > 0 else 0.0


def _anchors() -> FloatArray:
    """[896, 2] x, y of the anchors, 0–1 of the square."""
    grids = []
    for cells, each in LAYERS:
        middle = (np.arange(cells) + 0.5) / cells
        down, across = np.meshgrid(middle, middle, indexing="ij")
        grids.append(np.stack([across.ravel(), down.ravel()], axis=1).repeat(each, axis=0))
    return np.concatenate(grids)


ANCHORS = _anchors()
