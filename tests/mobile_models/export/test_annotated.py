"""Photos with boxes, from a folder as YOLO lays it out."""

import numpy as np
import pytest
from PIL import Image

from mobile_models.export.annotated import CALIBRATE_ON, COMPARE_ON, RENDERED, DataUnusable, read_photos, squares


@pytest.fixture
def folder(tmp_path):
    for part in ("images", "labels"):
        (tmp_path / part / "valid").mkdir(parents=True)
    for number in range(5):
        Image.new("RGB", (200, 100), (10 * number,) * 3).save(tmp_path / "images" / "valid" / f"{number}.png")
    (tmp_path / "labels" / "valid" / "0.txt").write_text("2 0.5 0.5 0.1 0.2\n0 0.1 0.1 0.1 0.1\n")
    return tmp_path


def test_boxes_are_in_pixels_and_a_photo_without_a_label_has_none(folder):
    first, *rest = read_photos(folder, "valid", 100)
    np.testing.assert_allclose(first.boxes, [[90, 40, 110, 60], [10, 5, 30, 15]])
    assert [photo.boxes.shape for photo in rest] == [(0, 4)] * 4


def test_fewer_photos_are_spread_over_all(folder):
    shades = [photo.photo.pixels.getpixel((0, 0))[0] for photo in read_photos(folder, "valid", 3)]
    assert shades == [0, 20, 40]


def test_the_model_sees_a_padded_square(folder):
    (square, *_) = squares(read_photos(folder, "valid", 1), 64, 114)
    assert square.shape == (1, 64, 64, 3)
    assert square[0, 0, 0, 0] == pytest.approx(114 / 255)
    assert square[0, 32, 32, 0] == 0


@pytest.mark.parametrize(("split", "label", "named"), [("train", None, "holds no photo"), ("valid", "1 x", "not YOLO")])
def test_a_folder_of_another_shape_is_refused(folder, split, label, named):
    if label:
        (folder / "labels" / "valid" / "0.txt").write_text(label)
    with pytest.raises(DataUnusable, match=named):
        read_photos(folder, split, 10)


def test_rendered_faces_for_both_uses_come_with_the_project():
    assert len(read_photos(RENDERED, CALIBRATE_ON, 100)) == 24
    assert sum(len(photo.boxes) for photo in read_photos(RENDERED, COMPARE_ON, 100)) > 500
