"""A teacher out of the detectors at hand: several weights, scales and mirror images.

Each member proposes by the one-to-many branch as phones do, but for the votes: members vote with each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from tqdm import tqdm
from ultralytics.utils.tal import make_anchors

from mobile_models.export.graph import DUPLICATE_OVERLAP, PROPOSALS, of_smaller, shared_area
from mobile_models.export.weights import detection_head, load_detector
from mobile_models.exposure import REFERENCE
from mobile_models.image import PAD_VALUE, Photo, Square, read_photo, square_crop
from training.datasets.photo import AnnotatedPhoto
from training.evaluation.predict import FLOOR, Predicted
from training.fusion import fuse
from training.loss import any_lesion
from training.soft_labels import SoftLabels

BATCH = 8
FUSED_OVERLAP = 0.4
"""Intersection over union from which two members' boxes are one lesion; 0.4 hit slightly better than 0.5."""


@dataclass(frozen=True)
class View:
    """How a member looks at a photo."""

    size_px: int
    mirrored: bool

    @classmethod
    def parse(cls, text: str) -> View:
        """Read ``640`` or, mirrored, ``640m``."""
        return cls(int(text.removesuffix("m")), text.endswith("m"))

    def __str__(self) -> str:
        return f"{self.size_px}{'m' if self.mirrored else ''}"


VIEWS = (View(640, False), View(640, True), View(832, False))


class Ensemble:
    """An ensemble of detectors and views; its labels come out fused, relative to the photo."""

    def __init__(self, weights: Sequence[Path], views: Sequence[View] = VIEWS) -> None:
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.models = [
            load_detector(path).to(self.device, memory_format=torch.channels_last).eval() for path in weights
        ]
        self.views = tuple(views)

    def members(self, photos: Sequence[Photo]) -> list[list[SoftLabels]]:
        """Return, a photo, what each weights × view sees, best first."""
        squares = [square_crop(photo, None, PAD_VALUE) for photo in photos]
        seen: list[list[SoftLabels]] = [[] for _ in photos]
        for view in self.views:
            pixels = torch.from_numpy(np.concatenate([square.tensor(view.size_px, REFERENCE) for square in squares]))
            pixels = pixels.permute(0, 3, 1, 2)
            pixels = (pixels.flip(3) if view.mirrored else pixels).to(self.device, memory_format=torch.channels_last)
            for model in self.models:
                for place, labels in enumerate(_raw(model, pixels)):
                    seen[place].append(_placed(labels, view, squares[place], photos[place]))
        return seen

    def labels(self, photos: Sequence[Photo]) -> list[SoftLabels]:
        """Return the fused labels of each photo."""
        return [fuse(members, FUSED_OVERLAP) for members in self.members(photos)]


def label_all(
    ensemble: Ensemble, photos: Sequence[AnnotatedPhoto], title: str
) -> Iterator[tuple[AnnotatedPhoto, SoftLabels]]:
    """Yield each photo with its labels."""
    with tqdm(total=len(photos), desc=title, unit="photo") as bar:
        for first in range(0, len(photos), BATCH):
            some = photos[first : first + BATCH]
            images = [read_photo(photo.path) for photo in some]
            yield from zip(some, ensemble.labels(images), strict=True)
            bar.update(len(some))


def as_predicted(photo: AnnotatedPhoto, labels: SoftLabels) -> Predicted:
    """Return soft labels as the candidates that figures are measured on, in the pixels of a photo of its size."""
    with Image.open(photo.path) as image:
        width, height = image.size
    size = np.array([width, height] * 2)
    sides = (labels.boxes[:, 2:] - labels.boxes[:, :2]) * (width, height) / max(width, height)
    classes = labels.shares.argmax(axis=1)
    return Predicted(photo, labels.boxes * size, classes, labels.any, np.sqrt(sides.prod(axis=1)), photo.boxes * size)


def _raw(model: torch.nn.Module, pixels: torch.Tensor) -> list[SoftLabels]:
    """Return, a photo, the rows that reach the floor once duplicates are gone, relative to the square."""
    with torch.inference_mode():
        with torch.autocast(pixels.device.type, dtype=torch.bfloat16):
            branch = model(pixels)[1]["one2many"]
        logits = branch["scores"].float().permute(0, 2, 1)
        distances = branch["boxes"].float().permute(0, 2, 1)
        anchors, strides = make_anchors(branch["feats"], detection_head(model).stride, 0.5)
        corners = torch.cat([anchors - distances[..., :2], anchors + distances[..., 2:]], -1)
        boxes = corners * strides / pixels.shape[-1]
        return [_without_duplicates(*rows) for rows in zip(logits, boxes, strict=True)]


def _without_duplicates(logits: torch.Tensor, boxes: torch.Tensor) -> SoftLabels:
    """Return the rows of one photo, best first, by the phone's own rule of what is the same lesion."""
    chance, rows = any_lesion(logits).topk(min(PROPOSALS, len(logits)))
    rows, chance = rows[chance >= FLOOR], chance[chance >= FLOOR]
    shared = of_smaller(*shared_area(boxes[rows][None]))[0].triu(1)
    single = (shared <= DUPLICATE_OVERLAP).all(dim=0)
    present = logits[rows[single]].sigmoid()
    shares = present / present.sum(-1, keepdim=True)
    return SoftLabels(*(tensor.cpu().numpy() for tensor in (boxes[rows[single]], chance[single], shares)))


def _placed(labels: SoftLabels, view: View, square: Square, photo: Photo) -> SoftLabels:
    """Turn boxes relative to the square, mirrored perhaps, into boxes relative to the photo."""
    x0, y0, x1, y1 = labels.boxes.T
    upright = np.stack([1 - x1, y0, 1 - x0, y1] if view.mirrored else [x0, y0, x1, y1], axis=1)
    size, corner = [square.width_px, square.height_px] * 2, [square.left_px, square.top_px] * 2
    boxes = ((upright * size + corner) / ([photo.width_px, photo.height_px] * 2)).clip(0, 1)
    inside = (boxes[:, 2:] > boxes[:, :2]).all(axis=1)
    return SoftLabels(boxes.astype(np.float32), labels.any, labels.shares).taken(inside)
