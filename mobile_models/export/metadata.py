"""What a TFLite file says of itself: metadata for the Task library and MediaPipe, and ultralytics' `metadata.json`.

Written here and not by tflite-support's detector writer, which gives names to outputs in the order of their tensor
numbers (ours would be called wrongly without complaint), nor by its populator, which drops weights that lie behind
the flatbuffer and stamps the time into the file. It is read back through tflite-support.
"""

from __future__ import annotations

import importlib
import io
import json
import zipfile
from pathlib import Path
from types import ModuleType
from typing import Any

import flatbuffers
from ai_edge_litert import schema_py_generated as tflite
from ai_edge_litert.tools import flatbuffer_utils
from tensorflow_lite_support.metadata import metadata_schema_py_generated as schema
from tensorflow_lite_support.metadata.cc.python import _pywrap_metadata_version

from mobile_models.export.archive import entry
from mobile_models.lesions import TYPES

LABELS, ULTRALYTICS = "labels.txt", "metadata.json"
OUTPUTS = ("location", "category", "score", "number of detections")
"""The names that the Task library looks for, in the order of our outputs."""

AUTHOR = "acnetrack"
DESCRIPTION = (
    "Comedones, papules, pustules and nodules in a square photo of a face. A tracking tool, not a diagnosis. "
    "Give it squares: what is not square is stretched."
)


class MetadataWrong(RuntimeError):
    """A file does not say of itself what was written into it."""


def embed(path: Path, size_px: int, version: str, licence: str) -> None:
    """Rewrite a TFLite file with its weights inside the flatbuffer, metadata, labels and `metadata.json`."""
    populator = _support().MetadataPopulator
    model = flatbuffer_utils.read_model(str(path))
    model.buffers.append(tflite.BufferT(data=_packed(_metadata(version, licence))))
    named = tflite.MetadataT(name=populator.METADATA_FIELD_NAME, buffer=len(model.buffers) - 1)
    model.metadata = [*(model.metadata or []), named]
    builder = _AlignedBuilder(1024)
    builder.Finish(model.Pack(builder), populator.TFLITE_FILE_IDENTIFIER)
    file = io.BytesIO(bytes(builder.Output()))
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(entry(LABELS, zipfile.ZIP_STORED), labels())
        archive.writestr(entry(ULTRALYTICS, zipfile.ZIP_STORED), json.dumps(_ultralytics(size_px, version, licence)))
    path.write_bytes(file.getvalue())


def labels() -> str:
    """Return one class a line."""
    return "".join(f"{name}\n" for name in TYPES)


def check(path: Path) -> None:
    """Read a file's metadata back through tflite-support.

    Raises:
        MetadataWrong: another order of outputs, normalisation, label or licence than was written.
    """
    shown = _support().MetadataDisplayer.with_model_file(str(path))
    metadata = json.loads(shown.get_metadata_json())
    graph = metadata["subgraph_metadata"][0]
    names = tuple(part["name"] for part in graph["output_tensor_metadata"])
    if names != OUTPUTS:
        raise MetadataWrong(f"{path.name}: its outputs are called {', '.join(names)}")
    units = [part for part in graph["input_tensor_metadata"][0]["process_units"]]
    if [part["options"] for part in units] != [{"mean": [0.0], "std": [255.0]}]:
        raise MetadataWrong(f"{path.name}: its input is not normalised to 0–1")
    if shown.get_associated_file_buffer(LABELS).decode() != labels():
        raise MetadataWrong(f"{path.name}: its labels are not the classes")
    if not metadata.get("license") or not metadata.get("author"):
        raise MetadataWrong(f"{path.name}: it says no licence or author")
    if json.loads(shown.get_associated_file_buffer(ULTRALYTICS))["names"] != {str(i): n for i, n in enumerate(TYPES)}:
        raise MetadataWrong(f"{path.name}: its {ULTRALYTICS} has other classes")


def _support() -> ModuleType:
    """Return tflite-support's reader and writer of metadata; it imports TensorFlow, for which nobody waits before."""
    return importlib.import_module("tensorflow_lite_support.metadata.python.metadata")


class _AlignedBuilder(flatbuffers.Builder):
    """Lays weights at multiples of 16 bytes, as the schema asks and generated Python code does not."""

    def StartVector(self, elemSize: int, numElems: int, alignment: int) -> Any:
        return super().StartVector(elemSize, numElems, max(alignment, 16))


def _metadata(version: str, licence: str) -> Any:
    graph = _table(
        schema.SubGraphMetadataT,
        inputTensorMetadata=[_image()],
        outputTensorMetadata=[
            _output(OUTPUTS[0], _boundaries(), 2, "Boxes as top, left, bottom, right in 0–1 of the square."),
            _output(OUTPUTS[1], _feature(), 2, "Class numbers.", [_file(LABELS, "One class a line.", labelled=True)]),
            _output(OUTPUTS[2], _feature(), 2, "P(any lesion), best first."),
            _output(OUTPUTS[3], _feature(), None, "Rows in the other outputs."),
        ],
        outputTensorGroups=[_table(schema.TensorGroupT, name="detection_result", tensorNames=list(OUTPUTS[:3]))],
    )
    return _table(
        schema.ModelMetadataT,
        name="acnetrack lesions",
        description=DESCRIPTION,
        version=version,
        author=AUTHOR,
        license=licence,
        subgraphMetadata=[graph],
        associatedFiles=[_file(ULTRALYTICS, "What ultralytics reads.")],
    )


def _table(kind: type[Any], **fields: Any) -> Any:
    """Return a new table of the metadata schema, whose generated classes take no arguments."""
    table = kind()
    for name, value in fields.items():
        getattr(table, name)  # A field that the schema does not have would be left out of the file in silence.
        setattr(table, name, value)
    return table


def _image() -> Any:
    normalisation = _table(
        schema.ProcessUnitT,
        optionsType=schema.ProcessUnitOptions.NormalizationOptions,
        options=_table(schema.NormalizationOptionsT, mean=[0.0], std=[255.0]),
    )
    image = _table(
        schema.ContentT,
        contentPropertiesType=schema.ContentProperties.ImageProperties,
        contentProperties=_table(schema.ImagePropertiesT, colorSpace=schema.ColorSpaceType.RGB),
    )
    return _table(
        schema.TensorMetadataT,
        name="image",
        description="Upright RGB square, 0–1.",
        content=image,
        processUnits=[normalisation],
        stats=_table(schema.StatsT, max=[1.0], min=[0.0]),
    )


def _output(name: str, content: Any, dimension: int | None, description: str, files: list[Any] | None = None) -> Any:
    if dimension is not None:
        content.range = _table(schema.ValueRangeT, min=dimension, max=dimension)
    return _table(schema.TensorMetadataT, name=name, description=description, content=content, associatedFiles=files)


def _boundaries() -> Any:
    order_of_left_top_right_bottom = [1, 0, 3, 2]
    boundaries = _table(
        schema.BoundingBoxPropertiesT,
        index=order_of_left_top_right_bottom,
        type=schema.BoundingBoxType.BOUNDARIES,
        coordinateType=schema.CoordinateType.RATIO,
    )
    return _table(
        schema.ContentT,
        contentPropertiesType=schema.ContentProperties.BoundingBoxProperties,
        contentProperties=boundaries,
    )


def _feature() -> Any:
    return _table(
        schema.ContentT,
        contentPropertiesType=schema.ContentProperties.FeatureProperties,
        contentProperties=schema.FeaturePropertiesT(),
    )


def _file(name: str, description: str, *, labelled: bool = False) -> Any:
    kind = schema.AssociatedFileType.TENSOR_VALUE_LABELS if labelled else schema.AssociatedFileType.DESCRIPTIONS
    return _table(schema.AssociatedFileT, name=name, description=description, type=kind)


def _packed(metadata: Any) -> bytes:
    """Return metadata as bytes, with the oldest parser that understands it."""

    def pack() -> bytes:
        builder = flatbuffers.Builder(1024)
        builder.Finish(metadata.Pack(builder), _support().MetadataPopulator.METADATA_FILE_IDENTIFIER)
        return bytes(builder.Output())

    metadata.minParserVersion = _pywrap_metadata_version.GetMinimumMetadataParserVersion(pack())
    return pack()


def _ultralytics(size_px: int, version: str, licence: str) -> dict[str, Any]:
    return {
        "description": DESCRIPTION,
        "author": AUTHOR,
        "version": version,
        "license": licence,
        "task": "detect",
        "stride": 32,
        "batch": 1,
        "imgsz": [size_px, size_px],
        "names": {str(number): name for number, name in enumerate(TYPES)},
        "channels": 3,
        "end2end": True,
        "layout": "NHWC",
        "outputs": list(OUTPUTS),
    }
