"""Draw the fixed list of trend cases, once: ``python -m training.evaluation.trend_draw --data DATA``.

Two of five photos get better, three of ten worse and three of ten stay the same. From one lesion to all are erased;
as many ellipses, as large, are drawn over plain skin where nothing changed, so that editing itself tells nothing. No
model has a say: plain skin is what looks like the skin around the boxes and lies apart from every box.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from tqdm import tqdm

from mobile_models.image import read_photo
from training.array import Array
from training.config import TrainConfig, read_config
from training.datasets.photo import AnnotatedPhoto
from training.datasets.sources import read_source
from training.evaluation.inpaint import GROWN, ellipses
from training.evaluation.trend_cases import CASES, Case, inflammatory_boxes, write_cases
from training.heldout import all_training_photos, held_out_photos, unseen

SEED = 20260
PHOTOS = {"acne04": 200, "acnescu": 80, "web_mixed": 80}
"""Cases a source: of ACNE04 one a photo; the smaller sources' photos come up twice, in different cases."""

CASE_SHARES = {"better": 0.4, "same": 0.3, "worse": 0.3}
ONE, ALL = 0.1, 0.15
"""Share of cases with one lesion erased, and with all; between them, a share drawn evenly."""


def draw_cases(config: TrainConfig, data: Path, seed: int = SEED) -> Iterator[Case]:
    """Yield the cases of every source."""
    rng = np.random.default_rng(seed)
    for name, wanted in PHOTOS.items():
        usable = [photo for photo in _held(config, data, name) if len(inflammatory_boxes(photo))]
        order = np.concatenate([rng.permutation(len(usable)) for _ in range(math.ceil(wanted / len(usable)))])[:wanted]
        cases = rng.permutation(np.repeat(list(CASE_SHARES), [round(wanted * s) for s in CASE_SHARES.values()]))
        for position, case in zip(tqdm(order, desc=name, unit="photo"), cases, strict=True):
            yield draw_case(usable[position], str(case), rng)


def draw_case(photo: AnnotatedPhoto, case: str, rng: np.random.Generator) -> Case:
    """Return one case of a photo; where plain skin has no room for a control, the photo gets better instead."""
    candidates = inflammatory_boxes(photo)
    erased = np.sort(rng.choice(candidates, _how_many(len(candidates), rng), replace=False))
    places = np.zeros((0, 4))
    if case == "same":
        pixels = np.asarray(read_photo(photo.path).pixels)
        scale = np.array([pixels.shape[1], pixels.shape[0]] * 2)
        places = plain_places(pixels, photo.boxes * scale, photo.boxes[erased] * scale, rng) / scale
        case = "same" if len(places) == len(erased) else "better"
    same_first = rng.random() < 0.5
    edited: Literal["first", "second"] = "first" if case == "worse" or (case == "same" and same_first) else "second"
    gone = tuple(erased.tolist()) if case != "same" else ()
    drawn_anew = places if case == "same" else np.zeros((0, 4))
    return Case(photo.source, photo.path.stem, case, edited, len(photo.boxes), gone, drawn_anew)


def plain_places(pixels: Array, boxes: Array, like: Array, rng: np.random.Generator) -> Array:
    """Return up to n boxes (n, 4), as large as those of ``like``, on skin that no box touches; all in pixels.

    Skin is known by the colour and the roughness of the rings around the annotated boxes.
    """
    shape = pixels.shape[:2]
    near = ellipses(shape, boxes, 3.0) & ~ellipses(shape, boxes, 1.1 * GROWN)
    plain = _like_those(pixels, near if near.any() else ~ellipses(shape, boxes, GROWN))
    taken = ellipses(shape, boxes, GROWN)
    free = []
    for size in sorted((like[:, 2:] - like[:, :2]).tolist(), key=math.prod, reverse=True):
        half = np.array(size) / 2
        for centre in rng.permutation(np.argwhere(plain & ~taken))[:400, ::-1]:
            place = np.concatenate([centre - half, centre + half])
            if (place[:2] < 0).any() or (place[2:] > (shape[1], shape[0])).any():
                continue
            spot = ellipses(shape, place[None], GROWN)
            if not taken[spot].any() and plain[spot].mean() > 0.9:
                taken |= spot
                free.append(place)
                break
    return np.array(free).reshape(-1, 4)


def _held(config: TrainConfig, data: Path, name: str) -> list[AnnotatedPhoto]:
    """Photos that no run is trained on, nor on a copy of; ACNE04 comes with a part of its own for that."""
    if name != "acne04":
        return held_out_photos(config, data, name)
    return unseen(read_source(data, name, "valid"), all_training_photos(config, data))


def _like_those(pixels: Array, example: Array) -> Array:
    """Return a mask of pixels whose smoothed colour and roughness lie among those of the example pixels."""
    lab: Array = cv2.cvtColor(pixels.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    smooth: Array = cv2.GaussianBlur(lab, (0, 0), 4)
    rough: Array = cv2.GaussianBlur(np.abs(lab - smooth).mean(axis=2), (0, 0), 4)
    low, high = np.percentile(smooth[example], [10, 90], axis=0)
    within = ((smooth >= low) & (smooth <= high)).all(axis=2)
    value: Array = within & (rough <= np.percentile(rough[example], 75))
    return value


def _how_many(lesions: int, rng: np.random.Generator) -> int:
    draw, share = rng.random(), rng.random()
    if draw < ONE:
        return 1
    return lesions if draw < ONE + ALL else math.ceil(share * lesions)


def main() -> None:
    """Parse the command line and write the list."""
    parser = argparse.ArgumentParser(prog="python -m training.evaluation.trend_draw")
    parser.add_argument("--data", type=Path, required=True, help="folder with sources.json")
    parser.add_argument("--config", type=Path, default=Path(__file__).parents[1] / "released.yaml")
    parser.add_argument("--out", type=Path, default=CASES)
    chosen = parser.parse_args()
    cases = list(draw_cases(read_config(chosen.config), chosen.data))
    write_cases(cases, chosen.out, f"Drawn by python -m training.evaluation.trend_draw, seed {SEED}.")


if __name__ == "__main__":
    main()
