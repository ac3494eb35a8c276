"""Golden vectors: photos of ours, and what every port must make of them; `golden_inputs/README.md` explains them."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from mobile_models.assess import assess
from mobile_models.assessment import Capture
from mobile_models.bundle import Bundle
from mobile_models.detector import Detector
from mobile_models.export.golden_series import SERIES, answer_to
from mobile_models.image import read_photo, square_crop

INPUTS = Path(__file__).parent / "golden_inputs"
README = "README.md"
FLOAT32 = "lesions.float32.tflite"


@dataclass(frozen=True)
class GoldenPhoto:
    """A photo of `golden_inputs`, called by its file's name."""

    name: str
    view: str = "front"
    guided: bool = False


PHOTOS = (
    GoldenPhoto("wide"),
    GoldenPhoto("tall"),
    GoldenPhoto("tiny"),
    GoldenPhoto("blank"),
    GoldenPhoto("dark", guided=True),
    GoldenPhoto("clear", guided=True),
    GoldenPhoto("crowded", guided=True),
    GoldenPhoto("front", guided=True),
    GoldenPhoto("left", "left", guided=True),
    GoldenPhoto("right", "right", guided=True),
    GoldenPhoto("later", guided=True),
    GoldenPhoto("blurred", guided=True),
    GoldenPhoto("two"),
    GoldenPhoto("nobody", guided=True),
    GoldenPhoto("mirrored", "left", guided=True),
)
VISITS: Mapping[str, Sequence[str]] = {
    **{photo.name: (photo.name,) for photo in PHOTOS},
    "first": ("front", "left", "right"),
    "frames": ("front", "later", "left"),
}
TOLERANCE = {
    "square": 1,
    "raw": {"score": 0.001, "box": 0.001, "from_score": 0.01},
    "raw_quantised": {"score": 0.05, "box": 0.02, "from_score": 0.1},
    "score": 1e-5,
    "box": 0.02,
    "probabilities": 2e-4,
    "expected": 1e-3,
    "distribution": 1e-5,
    "quality": 1e-3,
    "kept": 2e-3,
    "face": 5e-3,
    "zones_expected": 1e-3,
    "compared": 1e-6,
    "states": 1e-6,
}
"""What may differ from the golden figure: `square` in grey levels of 255, `box` of a lesion in pixels of the photo,
raw boxes as shares of the square, where rows scoring less than `from_score` are passed over. All else is equal."""


def write_golden(bundle_folder: Path) -> None:
    """Write `golden/` into a bundle, replacing what was there; its manifest is to be written again afterwards.

    Every figure is what this package gives for the bundle's default file, on one thread.

    Args:
        bundle_folder: a whole bundle: its manifest names the files that lie there.

    Raises:
        BundleMissing, BundleCorrupt, BundleUnsupported: as for `Bundle.open`.
    """
    bundle = Bundle.open(bundle_folder)
    detectors = {
        name: Detector(Bundle.open(bundle_folder, model_file=name), num_threads=1)
        for name in dict.fromkeys((bundle.model_file, FLOAT32))
    }
    captures = {photo.name: _capture(photo) for photo in PHOTOS}
    with tempfile.TemporaryDirectory(dir=bundle_folder, prefix=".golden-") as scratch:
        golden = Path(scratch) / "golden"
        for part in ("photos", "squares", "raw", "visits", "series"):
            (golden / part).mkdir(parents=True)
        shutil.copyfile(INPUTS / README, golden / README)
        photos = [_write_photo(photo, captures[photo.name], detectors, golden) for photo in PHOTOS]
        described = {
            name: assess([captures[photo] for photo in names], detectors[bundle.model_file]).visit_json()
            for name, names in VISITS.items()
        }
        for name, assessment in described.items():
            _write_json(golden / "visits" / f"{name}.json", assessment)
        for name, series in SERIES.items():
            answer = {"series": series, **answer_to(series, bundle)}
            _write_json(golden / "series" / f"{name}.json", answer)
        index = {
            "assessed_from": bundle.model_file,
            "model": described[PHOTOS[0].name]["model"],
            "photos": photos,
            "visits": [{"name": n, "photos": list(p), "assessment": f"visits/{n}.json"} for n, p in VISITS.items()],
            "series": [{"name": name, "states": f"series/{name}.json"} for name in SERIES],
            "tolerance": TOLERANCE,
        }
        _write_json(golden / "index.json", index)
        shutil.rmtree(bundle_folder / "golden", ignore_errors=True)
        golden.replace(bundle_folder / "golden")


def _capture(photo: GoldenPhoto) -> Capture:
    return Capture(photo.name, read_photo(INPUTS / f"{photo.name}.png"), photo.view, photo.guided)


def _write_photo(
    photo: GoldenPhoto, capture: Capture, detectors: Mapping[str, Detector], golden: Path
) -> dict[str, Any]:
    """Write the photo, its square and each file's outputs; return its entry of the index."""
    bundle = next(iter(detectors.values())).bundle
    square = square_crop(capture.photo, bundle.zones if photo.guided else None, bundle.pad_value)
    tensor = square.tensor(bundle.input_size_px, bundle.exposure)
    entry = {**asdict(photo), "photo": f"photos/{photo.name}.png", "square": f"squares/{photo.name}.png", "raw": {}}
    shutil.copyfile(INPUTS / f"{photo.name}.png", golden / entry["photo"])
    Image.fromarray(square.levels(bundle.input_size_px)).save(golden / entry["square"], optimize=True)
    entry["face"] = f"raw/{photo.name}.face.f32"
    faces = [np.ravel(output).astype("<f4") for output in next(iter(detectors.values())).raw_faces(capture.photo)]
    (golden / entry["face"]).write_bytes(np.concatenate(faces).tobytes())
    for file, detector in detectors.items():
        outputs = [np.ravel(output).astype("<f4") for output in detector.raw(tensor)]
        entry["raw"][file] = f"raw/{photo.name}.{Path(file).stem}.f32"
        (golden / entry["raw"][file]).write_bytes(np.concatenate(outputs).tobytes())
    return entry


def _write_json(path: Path, value: object) -> None:
    text = json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")
