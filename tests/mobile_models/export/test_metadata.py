"""What files say of themselves, read back by those who will read it.

TensorFlow, which tflite-support imports, is imported by the tests alone that need it: every worker collects all tests.
"""

import json
import shutil
import zipfile

import pytest
from ai_edge_litert.tools import flatbuffer_utils
from ultralytics.nn.backends.base import BaseBackend

from mobile_models.export.metadata import MetadataWrong, check, embed, labels

KINDS = ("float32", "float16", "dynamic", "int8")


@pytest.fixture(params=KINDS)
def model(exported, request):
    return exported / f"lesions.{request.param}.tflite"


def test_it_names_outputs_labels_author_and_licence(model):
    from tensorflow_lite_support.metadata.python.metadata import MetadataDisplayer

    check(model)
    metadata = json.loads(MetadataDisplayer.with_model_file(str(model)).get_metadata_json())
    assert (metadata["author"], metadata["license"], metadata["version"]) == ("acnetrack", "AGPL-3.0-or-later", "1.2.3")


def test_labels_and_ultralytics_metadata_lie_in_the_file(model):
    with zipfile.ZipFile(model) as archive:
        assert archive.read("labels.txt").decode() == labels()
    metadata = BaseBackend.read_metadata(model)
    assert list(metadata["names"].values()) == labels().split()
    assert (metadata["task"], metadata["end2end"], metadata["imgsz"]) == ("detect", True, [640, 640])


def test_weights_lie_inside_the_flatbuffer_at_multiples_of_sixteen_bytes(model):
    data = model.read_bytes()
    buffers = flatbuffer_utils.convert_bytearray_to_object(bytearray(data)).buffers
    assert not any(buffer.offset for buffer in buffers)
    large = [bytes(buffer.data) for buffer in buffers if buffer.data is not None and len(buffer.data) > 4096]
    told_apart = [buffer for buffer in large if any(buffer)]  # Zeros are found in other zeros.
    assert len(told_apart) > 30
    assert all(data.find(buffer) % 16 == 0 for buffer in told_apart)


def test_the_usual_writer_gives_our_outputs_wrong_names_and_that_is_noticed(exported, tmp_path):
    from tensorflow_lite_support.metadata.python.metadata_writers import object_detector, writer_utils

    plain, written = exported / "lesions.float32.tflite", tmp_path / "written.tflite"
    (tmp_path / "labels.txt").write_text(labels())
    model = flatbuffer_utils.read_model(str(plain))
    model.metadata = []
    flatbuffer_utils.write_model(model, str(tmp_path / "bare.tflite"))
    bare = writer_utils.load_file(str(tmp_path / "bare.tflite"))
    writer = object_detector.MetadataWriter.create_for_inference(bare, [0.0], [255.0], [str(tmp_path / "labels.txt")])
    written.write_bytes(writer.populate())
    with pytest.raises(MetadataWrong, match="its outputs are called"):
        check(written)


def test_writing_it_twice_gives_the_same_bytes(exported, tmp_path):
    for name in ("one.tflite", "two.tflite"):
        shutil.copyfile(exported / "lesions.dynamic.tflite", tmp_path / name)
        model = flatbuffer_utils.read_model(str(tmp_path / name))
        model.metadata = []
        flatbuffer_utils.write_model(model, str(tmp_path / name))
        embed(tmp_path / name, 640, "1.2.3", "AGPL-3.0-or-later")
    assert (tmp_path / "one.tflite").read_bytes() == (tmp_path / "two.tflite").read_bytes()
