"""Degraded copies of real photos: what the gate measures of each, and how many lesions are still counted on it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image
from tqdm import tqdm

from mobile_models.detector import Detector, Rows
from mobile_models.image import Photo, read_photo, square_crop
from mobile_models.legibility import measure
from mobile_models.lesions import GROUPS
from mobile_models.quality import blocks_within, skin_blocks
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


def ways_of(photo: str, part: str) -> dict[str, Degradation]:
    """The degradations of one photo, seeded by its name: all named ones, and for the fit three drawn ones."""
    seed = int.from_bytes(hashlib.sha256(photo.encode()).digest()[:4], "big")
    rng = np.random.default_rng(seed)
    ways = {UNTOUCHED: Degradation(), **ORDINARY, **SEVERE}
    if part == FIT:
        ways |= {f"sampled {number}": sample(rng) for number in range(3)}
    return {way: replace(one, seed=(seed + number) % 2**31) for number, (way, one) in enumerate(ways.items())}


def copies_of(source: str, path: Path, detector: Detector) -> Iterator[Copy]:
    """Every copy of one photo.

    Raises:
        AssessmentError: the photo cannot be read.
    """
    photo, part = read_photo(path), part_of(path.stem)
    pixels = np.asarray(photo.pixels)
    for way, degradation in ways_of(path.stem, part).items():
        yield _look(replace(photo, pixels=Image.fromarray(degradation.apply(pixels))), source, path.stem, way, detector)


def _look(photo: Photo, source: str, name: str, way: str, detector: Detector) -> Copy:
    bundle = detector.bundle
    square = square_crop(photo, None, bundle.pad_value)
    rows, columns = square.inside(bundle.input_size_px)
    levels = square.levels(bundle.input_size_px)
    within = blocks_within(bundle.input_size_px, rows, columns, None)
    skin = skin_blocks(levels, within)
    figures = measure(photo.pixels, levels, skin, within, bundle.exposure.gain_of(levels[rows, columns]))
    counted, before = (
        _inflammatory(detector.detect(square.tensor(bundle.input_size_px, exposure)), detector)
        for exposure in (bundle.exposure, None)
    )
    share = float(skin.sum() / max(int(within.sum()), 1))
    return Copy(source, name, part_of(name), way, {**figures, "skin": share}, counted, before)


def _inflammatory(rows: Rows, detector: Detector) -> float:
    sizes = np.sqrt((rows.boxes[:, 2:] - rows.boxes[:, :2]).clip(0).prod(axis=1))
    lesions = detector.bundle.calibration.expected_lesions(rows.classes, rows.scores, sizes)
    return float(lesions[:, GROUPS["inflammatory"]].sum())


def write_copies(photos: Iterable[tuple[str, Path]], detector: Detector, table: Path) -> None:
    """Add every copy of photos (source, path) to a table of JSON lines; photos in it are passed over."""
    done = {(one.source, one.photo) for one in read_copies(table)} if table.exists() else set()
    wanted = [(source, path) for source, path in photos if (source, path.stem) not in done]
    with table.open("a", encoding="utf-8") as file:
        for source, path in tqdm(wanted, unit="photo"):
            lines = [json.dumps(asdict(one)) for one in copies_of(source, path, detector)]
            file.write("\n".join(lines) + "\n")
            file.flush()


def read_copies(table: Path) -> list[Copy]:
    """The copies of a table that `write_copies` wrote."""
    return [Copy(**json.loads(line)) for line in table.read_text(encoding="utf-8").splitlines()]
