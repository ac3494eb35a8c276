"""Tiles of the square, and their rows back in it."""

import numpy as np
import pytest
from PIL import Image

from mobile_models.detector import Rows
from mobile_models.image import Square
from training.evaluation.layouts import TILE_SHARE, Layout, merge, tile


def rows(*boxes_and_scores):
    boxes, scores = zip(*boxes_and_scores, strict=True)
    return Rows(np.array(boxes, dtype=float), np.arange(len(scores)), np.array(scores, dtype=float))


def test_a_tile_shows_its_own_part_of_the_photo():
    pixels = Image.fromarray(np.arange(100, dtype=np.uint8)[None].repeat(100, 0)).convert("RGB")
    right = tile(Square(pixels, 10.0, 20.0, 200.0, 200.0), 1 - TILE_SHARE, 0.0)
    assert right.pixels.size == (60, 60)
    assert right.pixels.getpixel((0, 0)) == (40, 40, 40)
    assert (right.left_px, right.top_px, right.width_px) == pytest.approx((90, 20, 120))


def test_a_lesion_that_two_tiles_see_comes_out_once_with_the_better_score():
    merged = merge([rows(([0.4, 0.4, 0.5, 0.5], 0.3)), rows(([0.41, 0.4, 0.5, 0.5], 0.6), ([0.8, 0.8, 0.9, 0.9], 0.1))])
    assert merged.scores.tolist() == [0.6, 0.1]
    assert merged.boxes[0].tolist() == pytest.approx([0.41, 0.4, 0.5, 0.5])
    assert merged.classes.tolist() == [0, 1]


def test_tiles_run_the_model_four_times():
    assert (Layout(320).runs, Layout(320, tiled=True).runs) == (1, 4)
