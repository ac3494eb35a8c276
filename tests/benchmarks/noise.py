"""How far counts of one face differ: repeats of one session and jittered copies of photos, as a table.

    python -m tests.benchmarks.noise --data DATA [--photos N]

The repeats are pairs of different captures of one pose in DATA/phone_series, at most two minutes apart; the copies of
photos of acne04_real and phone_series are put out of JPEG, light or frame as little as a second shot may be. A count is
the inflammatory lesions expected in the reference light; its error is the SEM of √count (Bland & Altman 1996). Averages
say what several looks at one file would bring: what lies between captures, such as pose and focus, no jitter reaches.
"""

import argparse
import io
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image
from tqdm import tqdm

from mobile_models.bundle import Bundle
from mobile_models.detector import Detector
from mobile_models.image import read_photo, square_crop
from training.datasets.sources import read_source
from training.evaluation.repeatability import sem_of_pairs
from training.evaluation.repeats import repeat_pairs
from training.gate.copies import inflammatory_expected

BANDS = {"1 to 5": (1, 5), "5 to 15": (5, 15), "15 and more": (15, np.inf)}
Jitter = Callable[[Image.Image, np.random.Generator], Image.Image]


def jpeg(pixels: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Save it once more, at a quality of 60 to 95."""
    buffer = io.BytesIO()
    pixels.save(buffer, "JPEG", quality=int(rng.integers(60, 96)))
    return Image.open(buffer).convert("RGB")


def light(pixels: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Brighten or dim it by up to a quarter."""
    gain = rng.uniform(0.8, 1.25)
    return pixels.point(lambda level: min(255, round(level * gain)))


def frame(pixels: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Turn it by up to 5°, shift it by up to 4 % and bring it nearer or away by up to 7 %."""
    angle, scale = np.radians(rng.uniform(-5, 5)), rng.uniform(0.93, 1.07)
    across, down = np.array(pixels.size) / 2
    right, below = rng.uniform(-0.04, 0.04, 2) * pixels.size
    cos, sin = np.cos(angle) / scale, np.sin(angle) / scale
    to_source = (cos, sin, across - cos * (across + right) - sin * (down + below),
                 -sin, cos, down + sin * (across + right) - cos * (down + below))  # fmt: skip
    return pixels.transform(pixels.size, Image.Transform.AFFINE, to_source, Image.Resampling.BICUBIC)


def mirrored(pixels: Image.Image, _: np.random.Generator) -> Image.Image:
    """Turn left and right round."""
    return pixels.transpose(Image.Transpose.FLIP_LEFT_RIGHT)


def all_of(pixels: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Frame, light and JPEG at once."""
    return jpeg(light(frame(pixels, rng), rng), rng)


JITTERS: dict[str, Jitter] = {"JPEG": jpeg, "light": light, "frame": frame, "all three": all_of}
AVERAGES: dict[str, tuple[Jitter, ...]] = {
    "one look": (),
    "with its mirror image": (mirrored,),
    "with two jittered copies": (all_of,) * 2,
    "with four jittered copies": (all_of,) * 4,
}


class Counter:
    """Counts a photo as it is, or jittered."""

    def __init__(self, detector: Detector) -> None:
        self._detector = detector

    def count(self, path: Path, jitter: Jitter | None = None, seed: int = 0) -> float:
        """Return the inflammatory lesions expected."""
        photo, bundle = read_photo(path), self._detector.bundle
        if jitter:
            photo = replace(photo, pixels=jitter(photo.pixels, np.random.default_rng(seed)))
        square = square_crop(photo, None, bundle.pad_value)
        return inflammatory_expected(square.tensor(bundle.input_size_px, bundle.exposure), self._detector)

    def average(self, path: Path, jitters: Sequence[Jitter]) -> float:
        """Return the mean of the photo's count and those of copies."""
        copies = [self.count(path, jitter, seed) for seed, jitter in enumerate(jitters)]
        return float(np.mean([self.count(path), *copies]))


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.noise", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with sources.json")
    parser.add_argument("--photos", type=int, default=60, help="of each source at most (60)")
    asked = parser.parse_args()
    counter = Counter(Detector(Bundle.open(), num_threads=2))
    series = read_source(asked.data, "phone_series", "train")
    _repeats(counter, [(series[first].path, series[second].path) for first, second in repeat_pairs(series)])
    spread = {
        name: read_source(asked.data, name, split)
        for name, split in (("acne04_real", "valid"), ("phone_series", "train"))
    }
    paths = [
        photo.path
        for photos in spread.values()
        for photo in photos[:: max(1, len(photos) // asked.photos)][: asked.photos]
    ]
    _jittered(counter, paths)


def _repeats(counter: Counter, pairs: Sequence[tuple[Path, Path]]) -> None:
    print(f"| {len(pairs)} pairs of captures | SEM of √count | against one look |\n| --- | --- | --- |")
    looks = {}
    for name, jitters in AVERAGES.items():
        first, second = np.array([[counter.average(path, jitters) for path in pair] for pair in pairs]).T
        looks[name] = sem_of_pairs(first, second)
        print(f"| {name} | {looks[name]:.3f} | {100 * (looks[name] / looks['one look'] - 1):+.0f} % |")
    first, second = np.array([[round(counter.count(path)) for path in pair] for pair in pairs]).T
    rounded = sem_of_pairs(first, second)
    print(f"| one look, rounded | {rounded:.3f} | {100 * (rounded / looks['one look'] - 1):+.0f} % |\n")


def _jittered(counter: Counter, paths: Sequence[Path]) -> None:
    pairs: dict[str, dict[str, list[tuple[float, float]]]] = defaultdict(lambda: defaultdict(list))
    for seed, path in enumerate(tqdm(paths, unit="photo")):
        plain = counter.count(path)
        band = next((name for name, (least, most) in BANDS.items() if least <= plain < most), None)
        for name, jitter in JITTERS.items():
            pair = plain, counter.count(path, jitter, seed)
            for part in ("any", band) if band else ("any",):
                pairs[name][part].append(pair)
    bands = ["any", *BANDS]
    print(f"\n| {len(paths)} photos, a copy of each | " + " | ".join(f"{band} lesions" for band in bands) + " |")
    print("| --- |" + " --- |" * len(bands))
    for name, by_band in pairs.items():
        cells = (
            f"{sem_of_pairs(*np.array(by_band[band]).T):.2f} (n {len(by_band[band])})" if by_band[band] else "–"
            for band in bands
        )
        print(f"| {name} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
