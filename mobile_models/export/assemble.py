"""From trained weights to a bundle folder and its zip. `assemble` reads from top to bottom."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from PIL import Image
from tqdm import tqdm

from mobile_models.bundle import Bundle, write_manifest
from mobile_models.detector import Detector
from mobile_models.export import coreml, metadata, parity, report
from mobile_models.export.annotated import CALIBRATE_ON, COMPARE_ON, RENDERED, AnnotatedPhoto, read_photos, squares
from mobile_models.export.archive import write_zip
from mobile_models.export.budget import (
    NANO_PARAMETERS,
    ZIP_BYTES_AT_MOST,
    BudgetExceeded,
    exceeded,
)
from mobile_models.export.convert import convert_float32, largest_difference
from mobile_models.export.face_model import write_face_model
from mobile_models.export.golden import write_golden
from mobile_models.export.graph import PhoneGraph
from mobile_models.export.interpreters import compare_all
from mobile_models.export.manifest import LICENCE, manifest
from mobile_models.export.measured import input_size, measured_folder, pages, read_measured
from mobile_models.export.place import put, replacing, zip_of
from mobile_models.export.quantise import write_dynamic, write_float16, write_int8
from mobile_models.export.reference_code import write_reference
from mobile_models.export.weights import load_detector
from mobile_models.image import PAD_VALUE, square_crop
from mobile_models.signature import sign_manifest

FORMATS = ("float32", "float16", "dynamic", "int8", "coreml")
WEIGHTS_FILE = "lesions.safetensors"
COREML_FILE = f"{coreml.PACKAGE}.zip"
DEFAULTS = ("dynamic", "float16", "float32")
"""What runs unless another file is asked for: the first of these that the bundle has. The dynamic file computes in
float, so that it gives the same on every processor; scores of the int8 file differ by up to 0.02 between processors,
and the same photo could be counted otherwise on the patient's other phone."""

CALIBRATE_PHOTOS, COMPARE_PHOTOS = 24, 400


class FormatUnknown(ValueError):
    """A format that is not exported, or formats without the one that all others are made from."""


@dataclass(frozen=True)
class Request:
    """What to export.

    Attributes:
        weights: What training wrote.
        out: The bundle's folder; a bundle that is there is replaced once the new one is whole. The zip lies beside.
        measured: Folder of measured.json and MODEL_CARD.md; by default where the weights lie.
        version: Semantic version of the model.
        formats: Of `FORMATS`; float32 is always among them.
        data: Annotated photos to calibrate and to compare on.
        size_px: Side of the input, which must be what was measured at; None takes that.
        key: Signs the manifest; None leaves it unsigned.
        face_wheel: MediaPipe's wheel, to take the face model from; None takes the released bundle's.
        photos: Of `data`'s, at most so many are compared on.
    """

    weights: Path
    out: Path
    measured: Path | None = None
    version: str = "0.1.0"
    formats: tuple[str, ...] = FORMATS
    data: Path = RENDERED
    size_px: int | None = None
    key: Ed25519PrivateKey | None = None
    face_wheel: Path | None = None
    photos: int = COMPARE_PHOTOS

    def __post_init__(self) -> None:
        if unknown := sorted(set(self.formats) - set(FORMATS)):
            raise FormatUnknown(f"There is no format {unknown[0]!r}. Choose of {', '.join(FORMATS)}.")
        if "float32" not in self.formats:
            raise FormatUnknown("The others are made from float32 and held to it. Add float32 to --formats.")


def assemble(asked: Request, say: Callable[[str], None] = print) -> Bundle:
    """Write a bundle and its zip and return it opened and verified; ``say`` is told of each step.

    Raises:
        WeightsError, MeasurementMissing, SizeWrong, DataUnusable, ConversionError, MetadataWrong, CoreMLWrong,
        InterpretersDiffer, BudgetExceeded, OutTaken, AssessmentError, OSError: naming what is wrong; what was at
        ``out`` is as it was.
    """
    detector = load_detector(asked.weights)
    measured = asked.measured or measured_folder(asked.weights)
    figures = read_measured(measured)
    size_px = input_size(figures, asked.size_px)
    with replacing(asked.out) as folder:
        say("reading weights and photos")
        shutil.copyfile(asked.weights, folder / WEIGHTS_FILE)
        graph = PhoneGraph(detector, size_px).eval()
        calibration, compared = (
            read_photos(asked.data, split, at_most)
            for split, at_most in ((CALIBRATE_ON, CALIBRATE_PHOTOS), (COMPARE_ON, asked.photos))
        )
        for page in pages(measured):
            shutil.copyfile(page, folder / page.name)
        (folder / metadata.LABELS).write_text(metadata.labels(), encoding="utf-8")
        write_face_model(folder, asked.face_wheel)

        models = write_models(graph, size_px, folder, asked, squares(calibration, size_px, PAD_VALUE), say)
        worst = largest_difference(graph, models["float32"], size_px)
        say(f"the float32 file gives what PyTorch gives, to {worst:.1g}")
        default_file = next(models[kind].name for kind in DEFAULTS if kind in models)
        described = manifest(figures, asked.version, default_file)
        described["parity"] = {"float32_from_pytorch_on_one_drawn_image": float(f"{worst:.1e}")}
        write_manifest(folder, described)
        of_files = compare(folder, graph, models, compared, say)
        of_files["reproducible"] = REPRODUCIBLE
        of_files["photos"] |= {"source": _source(asked.data), "calibrated": len(calibration)}
        of_files["not_run"] = NOT_RUN if "coreml" in asked.formats else NOT_RUN[:1]
        described["not_run"] = of_files["not_run"]
        described["reproducible"] = REPRODUCIBLE
        (folder / "parity.json").write_text(json.dumps(of_files, indent=1) + "\n", encoding="utf-8")
        (folder / "PARITY.md").write_text(report.page(of_files), encoding="utf-8")
        refuse_over_budget(of_files, nano=sum(weights.numel() for weights in graph.parameters()) <= NANO_PARAMETERS)

        say("writing golden vectors and reference code")
        write_golden(folder)
        write_reference(folder)
        write_manifest(folder, described)
        if asked.key:
            sign_manifest(folder, asked.key)
        Bundle.open(folder).verify()
        say("zipping")
        archive = folder.with_name("bundle.zip")
        write_zip(folder, archive, asked.out.name)
        if archive.stat().st_size > ZIP_BYTES_AT_MOST:
            raise BudgetExceeded(f"the zip has {archive.stat().st_size} bytes, more than {ZIP_BYTES_AT_MOST}")
        put(folder, archive, asked.out)
    say(f"wrote {asked.out} and {zip_of(asked.out)}")
    return Bundle.open(asked.out)


REPRODUCIBLE = (
    "The same weights and photos give the same files on the same machine. On another processor sums in floating point "
    "differ in their last digit, and a few weights of the dynamic and int8 files may be rounded otherwise."
)
NOT_RUN = [
    "MediaPipe Tasks needs an environment of its own: the project's tests make it and run every TFLite file there.",
    coreml.NOT_RUN,
]


def write_models(
    graph: PhoneGraph,
    size_px: int,
    folder: Path,
    asked: Request,
    calibration: Sequence[npt.NDArray[np.float32]],
    say: Callable[[str], None],
) -> dict[str, Path]:
    """Write every format that is asked for and return the TFLite files by format, float32 first."""
    models = {kind: folder / f"lesions.{kind}.tflite" for kind in FORMATS[:-1] if kind in asked.formats}
    say(f"converting to LiteRT at {size_px} px, the size it was measured at")
    convert_float32(graph, size_px, models["float32"])
    if "float16" in models:
        write_float16(models["float32"], models["float16"])
    if "dynamic" in models:
        say(f"rounding 8-bit weights for {len(calibration)} photos")
        write_dynamic(models["float32"], models["dynamic"], calibration)
    if "int8" in models:
        say(f"calibrating int8 on {len(calibration)} photos")
        write_int8(models["float32"], models["int8"], calibration)
    for path in models.values():
        metadata.embed(path, size_px, asked.version, LICENCE)
        metadata.check(path)
    if "coreml" in asked.formats:
        say("converting to Core ML")
        coreml.write_coreml(graph, size_px, folder / COREML_FILE, asked.version, LICENCE)
    return models


def compare(
    folder: Path,
    graph: PhoneGraph,
    models: Mapping[str, Path],
    photos: Sequence[AnnotatedPhoto],
    say: Callable[[str], None],
) -> dict[str, Any]:
    """Return the parity figures of every TFLite file of a bundle."""
    bundle = Bundle.open(folder)

    def detector(path: Path) -> Detector:
        return Detector(replace(bundle, model_file=path.name), num_threads=1)

    say(f"comparing {len(models)} files with PyTorch on {len(photos)} photos")
    outcomes: dict[str, list[parity.Outcome]] = {}
    every = {"pytorch": parity.TorchDetector(bundle, graph), **{k: detector(path) for k, path in models.items()}}
    for kind, model in every.items():
        outcomes[kind] = [parity.outcome(model, photo) for photo in tqdm(photos, desc=kind, unit="photo")]
    ratios = parity.latency_ratios(models, detector)
    busiest = photos[max(range(len(photos)), key=lambda i: len(outcomes["pytorch"][i].drawn))]
    square = square_crop(busiest.photo, None, PAD_VALUE).pixels.resize(
        (bundle.input_size_px,) * 2, Image.Resampling.BILINEAR
    )
    say("running every file in every interpreter")
    files = {
        kind: {
            "file": path.name,
            "bytes": path.stat().st_size,
            "time_ratio": ratios[kind],
            **parity.against_pytorch(outcomes["pytorch"], outcomes["float32"], outcomes[kind]),
            "interpreters": compare_all(path, kind, square),
        }
        for kind, path in models.items()
    }
    boxes = sum(len(photo.boxes) for photo in photos)
    return {
        "input_size_px": bundle.input_size_px,
        "photos": {"compared": len(photos), "boxes": boxes},
        "pytorch": parity.quality(outcomes["pytorch"]),
        "files": files,
    }


def refuse_over_budget(figures: Mapping[str, Any], *, nano: bool) -> None:
    """Raise BudgetExceeded, with the table, when a file loses or weighs too much."""
    over = [
        f"{kind}: {limit}" for kind, losses in figures["files"].items() for limit in exceeded(kind, losses, nano=nano)
    ]
    if over:
        raise BudgetExceeded(f"over budget: {'; '.join(over)}\n\n{report.table(figures)}")


def _source(data: Path) -> str:
    return "rendered faces" if data == RENDERED else f"the folder {data.name}"
