"""The same graph for Core ML: an image in, four named outputs; its structure is checked, as Linux cannot run it."""

from __future__ import annotations

import json
import logging
import tempfile
import warnings
import zipfile
from pathlib import Path
from typing import Any

import torch

from mobile_models.export.archive import write_zip
from mobile_models.export.graph import ROWS, PhoneGraph
from mobile_models.lesions import TYPES

OUTPUTS = {"boxes": (1, ROWS, 4), "classes": (1, ROWS), "scores": (1, ROWS), "count": (1,)}
INPUT = "image"
PACKAGE = "lesions.mlpackage"
MANIFEST = "Manifest.json"
LABELS_KEY = "acnetrack.classes"
SPEC, WEIGHTS = "Data/com.apple.CoreML/model.mlmodel", "Data/com.apple.CoreML/weights/weight.bin"
NOT_RUN = (
    "lesions.mlpackage was converted and its structure (inputs, outputs, labels, weights) checked on Linux. Core ML "
    "runs on Apple's systems only: its predictions were not run here."
)
_QUIET = ("coremltools", "coremltools.models.model")


class CoreMLWrong(RuntimeError):
    """The Core ML package does not have the structure that was asked for."""


def write_coreml(graph: PhoneGraph, size_px: int, out: Path, version: str, licence: str) -> None:
    """Convert to an ML program (iOS 16) of half-precision convolutions and write it, zipped, to ``out``.

    Raises:
        CoreMLWrong: the package that was written lacks an input, an output or a label.
    """
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import coremltools

        with torch.no_grad():
            traced = torch.jit.trace(graph, torch.rand(1, 3, size_px, size_px), check_trace=False)
        model = coremltools.convert(
            traced,
            inputs=[
                coremltools.ImageType(
                    name=INPUT,
                    shape=(1, 3, size_px, size_px),
                    scale=1 / 255,
                    color_layout=coremltools.colorlayout.RGB,
                )
            ],
            outputs=[coremltools.TensorType(name=name) for name in OUTPUTS],
            minimum_deployment_target=coremltools.target.iOS16,
            compute_precision=coremltools.transform.FP16ComputePrecision(op_selector=_is_feature_map),
            skip_model_load=True,
        )
    model.short_description = "Comedones, papules, pustules and nodules in a square photo of a face."
    model.author, model.license, model.version = "acnetrack", licence, version
    model.user_defined_metadata[LABELS_KEY] = ",".join(TYPES)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".coreml-") as scratch:
        package = Path(scratch) / PACKAGE
        model.save(str(package))
        _settle(package)
        write_zip(package, out, PACKAGE)
    check(out, size_px)


def check(path: Path, size_px: int) -> None:
    """Read a zipped package back and check what an app relies on.

    Raises:
        CoreMLWrong: naming what is not as it should be.
    """
    import coremltools

    with zipfile.ZipFile(path) as archive:
        spec = coremltools.proto.Model_pb2.Model.FromString(archive.read(f"{PACKAGE}/{SPEC}"))
        items = json.loads(archive.read(f"{PACKAGE}/{MANIFEST}"))["itemInfoEntries"].values()
        if {f"{PACKAGE}/Data/{item['path']}/".rstrip("/") for item in items} - _names_and_folders(archive):
            raise CoreMLWrong(f"{path.name}: its manifest names what it does not hold")
    if spec.WhichOneof("Type") != "mlProgram":
        raise CoreMLWrong(f"{path.name}: it is no ML program")
    image = spec.description.input[0]
    shape = (image.name, image.type.imageType.width, image.type.imageType.height, image.type.imageType.colorSpace)
    rgb = coremltools.proto.FeatureTypes_pb2.ImageFeatureType.RGB
    if len(spec.description.input) != 1 or shape != (INPUT, size_px, size_px, rgb):
        raise CoreMLWrong(f"{path.name}: its input is {shape}")
    if (names := [output.name for output in spec.description.output]) != list(OUTPUTS):
        raise CoreMLWrong(f"{path.name}: its outputs are {', '.join(names)}")
    for output in spec.description.output:
        dimensions = tuple(output.type.multiArrayType.shape)
        if dimensions and dimensions != OUTPUTS[output.name]:
            raise CoreMLWrong(f"{path.name}: its output {output.name} is {dimensions}")
    if spec.description.metadata.userDefined[LABELS_KEY] != ",".join(TYPES):
        raise CoreMLWrong(f"{path.name}: its labels are not the classes")


def _is_feature_map(operation: Any) -> bool:
    """Half precision would move boxes by a third of a pixel, so that only feature maps have it."""
    return all(output.rank == 4 for output in operation.outputs) and operation.op_type != "gather_nd"


def _settle(package: Path) -> None:
    """Name the package's items by what they are, in place of the random names coremltools gives them."""
    path = package / MANIFEST
    manifest = json.loads(path.read_text())
    entries = manifest["itemInfoEntries"]
    names = {old: f"acnetrack-{entry['name']}" for old, entry in entries.items()}
    manifest["itemInfoEntries"] = {names[old]: entries[old] for old in sorted(entries, key=names.__getitem__)}
    manifest["rootModelIdentifier"] = names[manifest["rootModelIdentifier"]]
    path.write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n")


def _names_and_folders(archive: zipfile.ZipFile) -> set[str]:
    names = [Path(name) for name in archive.namelist()]
    return {path.as_posix() for name in names for path in (name, *name.parents)}
