"""How the square is shown to the model: whole at some size, or in overlapping tiles whose rows are merged."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from mobile_models.detector import Rows
from mobile_models.export.graph import DUPLICATE_OVERLAP, ROWS, of_smaller, shared_area
from mobile_models.image import Square
from training.evaluation.predict import Runner

TILE_SHARE = 0.6
"""Side of a tile as a share of the square's: two beside each other share a fifth of it, more than a lesion."""


@dataclass(frozen=True)
class Layout:
    """The model's input and whether the square is cut into two by two tiles of that size."""

    size_px: int
    tiled: bool = False

    @property
    def runs(self) -> int:
        """How often the model runs for one photo."""
        return 4 if self.tiled else 1

    def __str__(self) -> str:
        return f"2×2 tiles of {self.size_px} px" if self.tiled else f"{self.size_px} px"


LAYOUTS = (*(Layout(size) for size in (320, 416, 512, 640, 800)), Layout(320, True), Layout(640, True))


class LayoutRunner(Runner):
    """A LiteRT file run on the whole square or on tiles of it."""

    def __init__(self, model: Path, layout: Layout) -> None:
        super().__init__(model)
        self.layout = layout

    def look(self, square: Square) -> Rows:
        """Return the rows of a square, 0–1 of the whole square."""
        if not self.layout.tiled:
            return super().look(square)
        corners = [(x, y) for y in (0.0, 1 - TILE_SHARE) for x in (0.0, 1 - TILE_SHARE)]
        return merge([_in_square(super(LayoutRunner, self).look(tile(square, *at)), *at) for at in corners])


def tile(square: Square, left: float, top: float) -> Square:
    """Return the tile whose corner lies at shares ``left`` and ``top`` of the square."""
    side = square.pixels.width
    box = round(side * left), round(side * top), round(side * (left + TILE_SHARE)), round(side * (top + TILE_SHARE))
    return Square(
        square.pixels.crop(box),
        square.left_px + left * square.width_px,
        square.top_px + top * square.height_px,
        TILE_SHARE * square.width_px,
        TILE_SHARE * square.height_px,
    )


def merge(parts: list[Rows]) -> Rows:
    """Merge the rows of tiles by the graph's own rule: what shares too much with a better row is the same lesion."""
    scores = np.concatenate([tile.scores for tile in parts])
    order = np.argsort(-scores, kind="stable")
    boxes = np.concatenate([tile.boxes for tile in parts])[order]
    shared = of_smaller(*shared_area(torch.from_numpy(boxes)[None]))[0].triu(1)
    single = (shared <= DUPLICATE_OVERLAP).all(dim=0).numpy()
    order = order[single][:ROWS]
    return Rows(boxes[single][:ROWS], np.concatenate([tile.classes for tile in parts])[order], scores[order])


def _in_square(rows: Rows, left: float, top: float) -> Rows:
    return Rows(rows.boxes * TILE_SHARE + np.array([top, left, top, left]), rows.classes, rows.scores)
