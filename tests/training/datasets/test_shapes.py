"""Shapes that are no boxes are brought to their bounding boxes, or left out and said."""

import json

import numpy as np

from training.datasets.collection import open_collection, read_collection


def test_a_circle_is_boxed_and_a_point_is_left_out_and_said(tmp_path, draw):
    draw(tmp_path / "clinic" / "face.png")
    shapes = [
        {"label": "nodule", "shape_type": "circle", "points": [[80, 60], [92, 76]]},
        {"label": "nodule", "shape_type": "point", "points": [[10, 10]]},
    ]
    (tmp_path / "clinic" / "face.json").write_text(json.dumps({"imagePath": "face.png", "shapes": shapes}))
    collection = open_collection(tmp_path / "clinic")
    np.testing.assert_allclose(collection.photos[0].boxes, [[60 / 160, 40 / 120, 100 / 160, 80 / 120]])
    assert any("1 shape(s)" in note for note in collection.notes)


def test_a_yolo_polygon_is_boxed(tmp_path, draw):
    draw(tmp_path / "clinic" / "face.png")
    (tmp_path / "clinic" / "classes.txt").write_text("papule\n")
    (tmp_path / "clinic" / "face.txt").write_text("0 .1 .2 .3 .2 .2 .5\n")
    np.testing.assert_allclose(read_collection(tmp_path / "clinic")[0].boxes, [[0.1, 0.2, 0.3, 0.5]], atol=1e-6)


def test_coco_without_a_box_takes_the_outline_and_leaves_crowds_out(tmp_path, draw):
    draw(tmp_path / "clinic" / "face.png")
    annotations = [
        {"id": 1, "image_id": 7, "category_id": 1, "segmentation": [[16, 12, 32, 12, 32, 24]]},
        {"id": 2, "image_id": 7, "category_id": 1, "bbox": [0, 0, 160, 120], "iscrowd": 1},
    ]
    images = [{"id": 7, "file_name": "face.png", "width": 160, "height": 120}]
    document = {"images": images, "categories": [{"id": 1, "name": "cyst"}], "annotations": annotations}
    (tmp_path / "clinic" / "_annotations.coco.json").write_text(json.dumps(document))
    collection = open_collection(tmp_path / "clinic")
    np.testing.assert_allclose(collection.photos[0].boxes, [[0.1, 0.1, 0.2, 0.2]], atol=1e-6)
    assert any("crowd" in note for note in collection.notes)
