"""Every format gives the same annotated photos."""

import csv
import json

import numpy as np
import pytest

from mobile_models.lesions import TYPES
from training.datasets.collection import read_collection

SIZE = (160, 120)
PHOTOS = {"first": [("papule", (16, 24, 32, 36)), ("Blackheads", (80, 60, 160, 120))], "second": []}


def yolo_split(folder, names=("papule", "Blackheads"), suffix=".png"):
    (folder / "data.yaml").write_text(f"train: train/images\nnames: {list(names)}\n")
    for split, (stem, boxes) in zip(("train", "valid"), PHOTOS.items(), strict=True):
        _yolo(folder / split / "labels", stem, boxes, names)
    return {"first": "train/images/first", "second": "valid/images/second"}


def yolo_images_first(folder, names=("papule", "Blackheads")):
    (folder / "classes.txt").write_text("\n".join(names) + "\n")
    for stem, boxes in PHOTOS.items():
        _yolo(folder / "labels" / "train", stem, boxes, names)
    return {stem: f"images/train/{stem}" for stem in PHOTOS}


def yolo_beside(folder, names=("papule", "Blackheads")):
    (folder / "classes.txt").write_text("\n".join(names) + "\n")
    for stem, boxes in PHOTOS.items():
        _yolo(folder, stem, boxes, names)
    return {stem: stem for stem in PHOTOS}


def voc(folder):
    for stem, boxes in PHOTOS.items():
        objects = "".join(
            f"<object><name>{word}</name><bndbox><xmin>{x0}</xmin><ymin>{y0}</ymin><xmax>{x1}</xmax><ymax>{y1}</ymax>"
            "</bndbox></object>"
            for word, (x0, y0, x1, y1) in boxes
        )
        size = f"<size><width>{SIZE[0]}</width><height>{SIZE[1]}</height><depth>3</depth></size>"
        _file(folder / "Annotations" / f"{stem}.xml").write_text(
            f"<annotation><filename>{stem}.png</filename>{size}{objects}</annotation>"
        )
    return {stem: f"JPEGImages/{stem}" for stem in PHOTOS}


def coco(folder):
    categories = [
        {"id": 0, "name": "acne", "supercategory": "none"},
        {"id": 1, "name": "papule", "supercategory": "acne"},
        {"id": 2, "name": "Blackheads", "supercategory": "acne"},
    ]
    images = [{"id": k, "file_name": f"{s}.png", "width": 160, "height": 120} for k, s in enumerate(PHOTOS)]
    annotations = [
        {
            "id": number,
            "image_id": 0,
            "category_id": 1 if word == "papule" else 2,
            "bbox": [x0, y0, x1 - x0, y1 - y0],
        }
        for number, (word, (x0, y0, x1, y1)) in enumerate(PHOTOS["first"])
    ]
    document = {"images": images, "categories": categories, "annotations": annotations}
    _file(folder / "annotations" / "instances.json").write_text(json.dumps(document))
    return {stem: f"images/{stem}" for stem in PHOTOS}


def labelme(folder):
    (_, (x0, y0, x1, y1)), (_, (u0, v0, u1, v1)) = PHOTOS["first"]
    shapes = [
        {"label": "papule", "shape_type": "rectangle", "points": [[x1, y0], [x0, y1]]},
        {"label": "Blackheads", "shape_type": "polygon", "points": [[u0, v0], [u1, v0], [u1, v1], [u0, v1]]},
    ]
    for stem, drawn in (("first", shapes), ("second", [])):
        document = {"imagePath": f"..\\raw\\{stem}.png", "imageWidth": 160, "imageHeight": 120, "shapes": drawn}
        _file(folder / f"{stem}.json").write_text(json.dumps(document))
    return {stem: stem for stem in PHOTOS}


def box_csv(folder, relative=False):
    with _file(folder / "boxes.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["filename", "width", "height", "class", "xmin", "ymin", "xmax", "ymax"])
        for word, (x0, y0, x1, y1) in PHOTOS["first"]:
            box = [x0 / 160, y0 / 120, x1 / 160, y1 / 120] if relative else [x0, y0, x1, y1]
            rows.writerow(["first.png", *SIZE, word, *box])
        rows.writerow(["second.png", *SIZE, "", "", "", "", ""])
    return {stem: f"photos/{stem}" for stem in PHOTOS}


def box_csv_relative(folder):
    return box_csv(folder, relative=True)


FORMATS = {
    "yolo_split": yolo_split,
    "yolo_images_first": yolo_images_first,
    "yolo_beside": yolo_beside,
    "voc": voc,
    "coco": coco,
    "labelme": labelme,
    "csv": box_csv,
    "csv_relative": box_csv_relative,
}


def _yolo(folder, stem, boxes, names):
    lines = [
        f"{names.index(word)} {(x0 + x1) / 320} {(y0 + y1) / 240} {(x1 - x0) / 160} {(y1 - y0) / 120}"
        for word, (x0, y0, x1, y1) in boxes
    ]
    _file(folder / f"{stem}.txt").write_text("\n".join(lines))


def _file(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


BOXES = np.array([box for _, box in PHOTOS["first"]]) / [160, 120, 160, 120]


def write(name, folder, draw):
    folder.mkdir()
    for seed, (stem, where) in enumerate(FORMATS[name](folder).items()):
        draw(folder / f"{where}.png", seed, boxes=[box for _, box in PHOTOS[stem]])
    return folder


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_gives_the_same_photos(name, tmp_path, draw):
    first, second = sorted(read_collection(write(name, tmp_path / "clinic", draw)), key=lambda photo: photo.path.stem)
    assert first.types.tolist() == [TYPES.index("papule"), TYPES.index("comedo")]
    np.testing.assert_allclose(first.boxes, BOXES, atol=1e-6)
    assert first.boxes.dtype == np.float32
    assert second.boxes.shape == (0, 4)
    assert first.background.tolist() == second.background.tolist() == [1, 1, 0, 0]
    assert (first.source, first.group) == ("clinic", "clinic:first")
