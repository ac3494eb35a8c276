"""Degraded copies of real photos: what the gate measures of each, and how many lesions are still counted on it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image
from tqdm import tqdm

from mobile_models.detector import Detector
from mobile_models.image import read_photo, square_crop
from mobile_models.legibility import measure
from mobile_models.lesions import GROUPS, INFLAMMATORY
from mobile_models.quality import blocks_within, skin_blocks, skin_gain
from training.degrade import ORDINARY, SEVERE, Degradation, sample

UNTOUCHED = "as it is"
FIT, HELD = "fit", "held"


@dataclass(frozen=True)
class Copy:
    """One copy of one photo.

    Attributes:
        source, photo: where it comes from.
        part: `FIT` or `HELD`: a photo is in one of them with all its copies.
        way: how it was degraded, a name of ``training.degrade``, "sampled" or `UNTOUCHED`.
        figures: what `legibility.measure` gives, and "skin".
        counted: inflammatory lesions expected, in the reference light.
        before: the same without the reference light; None where it was not looked at.
    """

    source: str
    photo: str
    part: str
    way: str
    figures: Mapping[str, float]
    counted: float
    before: float | None = None


def part_of(photo: str) -> str:
    """Half of the photos by a fixed draw of their names are held out of the fit."""
    return HELD if hashlib.sha256(f"{photo}split".encode()).digest()[0] % 2 else FIT


@dataclass(frozen=True)
class Original:
    """A photo to be degraded, seen through the guide's oval or as a whole."""

    source: str
    path: Path
    guided: bool = False


def ways_of(photo: str, part: str, most: int) -> dict[str, Degradation]:
    """At most so many degradations of a photo, drawn by its name: named ones, and for the fit three sampled ones."""
    seed = int.from_bytes(hashlib.sha256(photo.encode()).digest()[:4], "big")
    rng = np.random.default_rng(seed)
    ways = {**ORDINARY, **SEVERE}
    if part == FIT:
        ways |= {f"sampled {number}": sample(rng) for number in range(3)}
    chosen = {list(ways)[place] for place in rng.permutation(len(ways))[:most]}
    ways = {UNTOUCHED: Degradation()} | {way: degradation for way, degradation in ways.items() if way in chosen}
    return {
        way: replace(degradation, seed=(seed + number) % 2**31)
        for number, (way, degradation) in enumerate(ways.items())
    }


def copies_of(original: Original, detector: Detector, most: int) -> Iterator[Copy]:
    """The untouched photo and at most so many degraded copies of it.

    Raises:
        AssessmentError: the photo cannot be read.
    """
    photo, name = read_photo(original.path), original.path.stem
    bundle = detector.bundle
    size_px, oval = bundle.input_size_px, bundle.zones if original.guided else None
    part, pixels = part_of(name), np.asarray(photo.pixels)
    for way, degradation in ways_of(name, part, most).items():
        spoilt = replace(photo, pixels=Image.fromarray(degradation.apply(pixels)))
        square = square_crop(spoilt, oval, bundle.pad_value)
        rows, columns = square.inside(size_px)
        levels = square.levels(size_px)
        within = blocks_within(size_px, rows, columns, oval)
        skin = skin_blocks(levels, within)
        gain = skin_gain(levels, skin, bundle.exposure.gain_of(levels[rows, columns]), bundle.exposure)
        figures = measure(spoilt.pixels, levels, skin, within, gain)
        share = float(skin.sum() / max(int(within.sum()), 1))
        counted = inflammatory_expected(square.tensor(size_px, bundle.exposure), detector)
        before = inflammatory_expected(square.tensor(size_px), detector) if part == HELD else None
        yield Copy(original.source, name, part, way, {**figures, "skin": share}, counted, before)


def inflammatory_expected(tensor: npt.NDArray[np.float32], detector: Detector) -> float:
    """Return the inflammatory lesions expected in a (1, S, S, 3) input of the model."""
    rows = detector.detect(tensor)
    sizes = np.sqrt((rows.boxes[:, 2:] - rows.boxes[:, :2]).clip(0).prod(axis=1))
    lesions = detector.bundle.calibration.expected_lesions(rows.classes, rows.scores, sizes)
    return float(lesions[:, GROUPS[INFLAMMATORY]].sum())


def write_copies(originals: Iterable[Original], detector: Detector, table: Path, most: int) -> None:
    """Add the copies of photos to a table of JSON lines; photos in it are passed over."""
    done = {(copy.source, copy.photo) for copy in read_copies(table)} if table.exists() else set()
    wanted = [original for original in originals if (original.source, original.path.stem) not in done]
    with table.open("a", encoding="utf-8") as file:
        for original in tqdm(wanted, unit="photo"):
            lines = [json.dumps(asdict(copy)) for copy in copies_of(original, detector, most)]
            file.write("\n".join(lines) + "\n")
            file.flush()


def read_copies(table: Path) -> list[Copy]:
    """The copies of a table that `write_copies` wrote."""
    return [Copy(**json.loads(line)) for line in table.read_text(encoding="utf-8").splitlines()]
