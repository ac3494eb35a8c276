"""Interpreters are held to each other, and a difference is named."""

import numpy as np
import pytest
from PIL import Image

from mobile_models.export.annotated import COMPARE_ON, RENDERED, read_photos
from mobile_models.export.convert import spotted_skin
from mobile_models.export.interpreters import (
    TOLERANCES,
    Detections,
    InterpretersDiffer,
    compare_all,
    largest_distance,
    run_litert,
    run_task_library,
)
from mobile_models.image import square_crop

HERE = Detections.from_rows([["papule", 0.8, 10, 10, 20, 20], ["comedo", 0.5, 40, 40, 44, 44]])


@pytest.fixture(scope="module")
def face():
    photo = max(read_photos(RENDERED, COMPARE_ON, 20), key=lambda annotated: len(annotated.boxes)).photo
    return square_crop(photo, None, 114).pixels.resize((640, 640), Image.Resampling.BILINEAR)


@pytest.mark.parametrize("kind", TOLERANCES)
def test_every_file_gives_the_same_in_every_interpreter(exported, face, kind):
    far = compare_all(exported / f"lesions.{kind}.tflite", kind, face)
    assert all(distance["detections"] >= 5 for distance in far.values())


@pytest.mark.parametrize(
    ("rows", "named"),
    [
        ([["papule", 0.8, 10, 10, 20, 20]], "no comedo of score 0.500"),
        ([["papule", 0.8, 10, 10, 20, 20], ["papule", 0.5, 40, 40, 44, 44]], "no comedo"),
        ([["papule", 0.8, 10, 10, 20, 20], ["comedo", 0.51, 40, 40, 44, 44]], "no comedo"),
        ([["papule", 0.8, 10, 10, 23, 20], ["comedo", 0.5, 40, 40, 44, 44]], "no papule"),
        ([], "no papule"),
    ],
    ids=["lost", "other label", "other score", "other box", "nothing"],
)
def test_another_answer_is_named(rows, named):
    with pytest.raises(InterpretersDiffer, match=named):
        largest_distance(HERE, Detections.from_rows(rows), "float32", "a file")


def test_distances_are_of_the_nearest_namesake():
    rows = [["comedo", 0.5004, 41, 40, 44, 44.5], ["papule", 0.8, 10, 10, 20, 20], ["nodule", 0.2, 0, 0, 9, 9]]
    far = largest_distance(HERE, Detections.from_rows(rows), "float32", "a file")
    assert far == {"detections": 2, "score": pytest.approx(0.0004), "box_px": 1.0}


def test_nothing_to_compare_is_no_agreement():
    with pytest.raises(InterpretersDiffer, match="nothing to compare"):
        largest_distance(Detections.from_rows([]), HERE, "float32", "a file")


def test_a_file_that_the_task_library_refuses_is_named(tmp_path, face):
    (tmp_path / "no.tflite").write_bytes(b"no model")
    with pytest.raises(InterpretersDiffer, match=r"no\.tflite: the TFLite Task library does not run it"):
        run_task_library(tmp_path / "no.tflite", face)


def test_half_precision_weights_with_float_biases_fail_in_tensorflow_and_are_noticed(exported, tmp_path):
    from mobile_models.export import quantise

    plain = tmp_path / "unhalved.tflite"
    quantizer = quantise.Quantizer(str(exported / "lesions.float32.tflite"))
    quantise._halve(quantizer)
    quantise._write(quantizer, plain)
    pixels = Image.fromarray((spotted_skin(640) * 255).round().astype(np.uint8))
    assert len(run_litert(plain, pixels).scores)
    with pytest.raises(InterpretersDiffer, match="in TensorFlow"):
        compare_all(plain, "float16", pixels)
