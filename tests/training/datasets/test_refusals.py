"""Labels that can not be read stop with a name and a remedy; what is merely missing is left out and said."""

import json

import pytest

from training.datasets.annotation import LabelError
from training.datasets.collection import open_collection, read_collection

COCO = {"images": [{"id": 1, "file_name": "a.png"}], "categories": [{"id": 1, "name": "papule"}], "annotations": []}
SHAPE = {"label": "papule", "shape_type": "rectangle", "points": [[1, 1], [9, 9]]}
VOC = (
    "<annotation><filename>a.png</filename><object><name>papule</name><bndbox><xmin>{}</xmin><ymin>1</ymin>"
    "<xmax>20</xmax><ymax>20</ymax></bndbox></object></annotation>"
)


def coco(**annotation):
    return json.dumps({**COCO, "annotations": [{"id": 5, "image_id": 1, "category_id": 1, **annotation}]})


REFUSED = {
    "a number that is none": ("a.txt", "0 nan .5 .1 .1", r"a\.txt:1: a number is not finite"),
    "a line cut off": ("a.txt", "0 .5 .5", r"a\.txt:1: expected"),
    "pixels where shares belong": ("a.txt", "0 80 60 20 20", "outside its photo"),
    "a class without a name": ("a.txt", "3 .5 .5 .1 .1", "class 3 has no name"),
    "labels that are no text": ("a.txt", b"\x89PNG\x00\x80", "not a text file"),
    "UTF-16 that breaks off": ("a.txt", b"\xff\xfe0\x00 ", "not a text file, or damaged .read as UTF-16."),
    "an encoding of last century": (
        "a.csv",
        "image,class,x,y,w,h\nä.png,papule,1,1,9,9\n".encode("cp1252"),
        r"a\.csv: byte 21 is not UTF-8",
    ),
    "XML that breaks off": ("a.xml", "<annotation><object><name>pap", "XML breaks off"),
    "a corner that is no number": ("a.xml", VOC.format("left"), "<xmin> is 'left'"),
    "a corner that is not finite": ("a.xml", VOC.format("nan"), "not four finite numbers"),
    "JSON that breaks off": ("a.json", '{"images": [', "JSON breaks off"),
    "an image that is not listed": ("a.json", coco(image_id=2, bbox=[1, 1, 9, 9]), "names image 2"),
    "a category that is not listed": ("a.json", coco(category_id=9, bbox=[1, 1, 9, 9]), "names category 9"),
    "an annotation without a box": ("a.json", coco(), "annotation 5 has no readable box"),
    "a shape without points": ("a.json", json.dumps({"shapes": [{**SHAPE, "points": []}]}), "rectangle without"),
    "a cell that is no number": ("a.csv", "image,class,x,y,w,h\na.png,papule,1,1,wide,9\n", r"a\.csv:2: w is 'wide'"),
    "a box far outside": ("a.csv", "image,class,x,y,w,h\na.png,papule,900,1,9,9\n", "outside its photo"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_labels_that_can_not_be_read_are_named(case, tmp_path, draw):
    name, text, message = REFUSED[case]
    draw(tmp_path / "a.png")
    if name.endswith(".txt"):
        (tmp_path / "classes.txt").write_text("papule\n")
    (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(LabelError, match=message):
        read_collection(tmp_path)


def yolo(folder, draw, **texts):
    (folder / "classes.txt").write_text("papule\n")
    for number, (stem, text) in enumerate(texts.items()):
        draw(folder / "images" / f"{stem}.png", number)
        if text is not None:
            (folder / "labels").mkdir(exist_ok=True)
            (folder / "labels" / f"{stem}.txt").write_text(text)


def test_every_label_that_can_not_be_read_is_named_at_once(tmp_path, draw):
    yolo(tmp_path, draw, **{f"p{place:02}": "0 .5" for place in range(12)}, fine="0 .5 .5 .1 .1")
    with pytest.raises(LabelError) as refused:
        read_collection(tmp_path)
    lines = str(refused.value).splitlines()
    assert [line.split("/")[-1].split(":")[0] for line in lines[:-1]] == [f"p{place:02}.txt" for place in range(10)]
    assert lines[-1] == "and 2 more"


def test_an_empty_label_file_says_clear_and_a_missing_one_says_nothing(tmp_path, draw):
    yolo(tmp_path, draw, boxed="0 .5 .5 .1 .1", clear="", unlabelled=None)
    collection = open_collection(tmp_path)
    assert {photo.path.stem: len(photo.boxes) for photo in collection.photos} == {"boxed": 1, "clear": 0}
    assert any("unlabelled.png: no label file" in note for note in collection.notes)


def test_a_label_without_its_photo_is_said(tmp_path, draw):
    yolo(tmp_path, draw, boxed="0 .5 .5 .1 .1")
    (tmp_path / "labels" / "gone.txt").write_text("0 .5 .5 .1 .1")
    assert any("gone.txt: no photo of this name" in note for note in open_collection(tmp_path).notes)


def test_photos_that_a_table_names_and_nobody_finds_are_said(tmp_path, draw):
    draw(tmp_path / "here.png")
    (tmp_path / "boxes.csv").write_text("image,class,x,y,w,h\nhere.png,papule,1,1,9,9\ngone.png,papule,1,1,9,9\n")
    collection = open_collection(tmp_path)
    assert len(collection.photos) == 1
    assert any("gone.png is missing" in note for note in collection.notes)


def test_a_photo_that_breaks_off_is_left_out_and_said(tmp_path, draw):
    yolo(tmp_path, draw, whole="0 .5 .5 .1 .1", broken="0 .5 .5 .1 .1")
    path = tmp_path / "images" / "broken.png"
    path.write_bytes(path.read_bytes()[:-200])
    collection = open_collection(tmp_path)
    assert [photo.path.stem for photo in collection.photos] == ["whole"]
    assert "cut off or damaged" in collection.unreadable[0]


def test_two_photos_that_share_one_label_file_are_refused(tmp_path, draw):
    yolo(tmp_path, draw, face="0 .5 .5 .1 .1")
    draw(tmp_path / "images" / "face.jpg", 5)
    with pytest.raises(LabelError, match=r"belongs to both face\.jpg and face\.png"):
        read_collection(tmp_path)


def test_a_name_that_several_photos_have_is_refused(tmp_path, draw):
    for number, folder in enumerate(("monday", "friday")):
        draw(tmp_path / folder / "face.png", number)
    (tmp_path / "boxes.csv").write_text("image,class,x,y,w,h\nface.png,papule,1,1,9,9\n")
    with pytest.raises(LabelError, match="2 images have this name"):
        read_collection(tmp_path)


def test_a_photo_annotated_twice_is_refused(tmp_path, draw):
    draw(tmp_path / "a.png")
    for name in ("one", "two"):
        (tmp_path / f"{name}.xml").write_text(VOC.format(1))
    with pytest.raises(LabelError, match=r"a\.png is annotated twice"):
        read_collection(tmp_path)


def test_boxes_over_the_edge_are_clipped_and_boxes_without_area_are_left_out_and_said(tmp_path, draw):
    yolo(tmp_path, draw, face="0 .95 .5 .2 .2\n0 .5 .5 0 .1\n0 1.2 .5 .1 .1")
    collection = open_collection(tmp_path)
    assert collection.photos[0].boxes[:, 2].tolist() == [1.0]
    assert any("2 box(es) without area" in note for note in collection.notes)


def test_a_box_written_twice_counts_once_and_is_said(tmp_path, draw):
    yolo(tmp_path, draw, face="0 .5 .5 .1 .1\n0 .2 .5 .1 .1\n0 .5 .5 .1 .1")
    collection = open_collection(tmp_path)
    assert len(collection.photos[0].boxes) == 2
    assert any("1 box(es) written twice" in note for note in collection.notes)


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ({}, "no labels that can be read; say which with --format"),
        ({"a.txt": "0 .5 .5 .1 .1", "a.xml": VOC.format(1)}, r"several formats \(voc, yolo\)"),
    ],
)
def test_no_format_and_several_formats_are_refused(texts, message, tmp_path, draw):
    draw(tmp_path / "a.png")
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(LabelError, match=message):
        read_collection(tmp_path)


def test_a_format_that_is_said_is_not_guessed(tmp_path, draw):
    draw(tmp_path / "a.png")
    (tmp_path / "a.txt").write_text("0 .1 .1 .1 .1")
    (tmp_path / "a.xml").write_text(VOC.format(4))
    assert read_collection(tmp_path, format="voc")[0].boxes[0, 0] == pytest.approx(4 / 160)


def test_a_folder_without_photos_is_refused(tmp_path):
    with pytest.raises(LabelError, match="no JPEG, PNG or WebP photo"):
        read_collection(tmp_path)
    with pytest.raises(LabelError, match="no such folder"):
        read_collection(tmp_path / "gone")


def test_links_are_followed_once_and_hidden_folders_are_not_read(tmp_path, draw):
    clinic, elsewhere = tmp_path / "clinic", tmp_path / "elsewhere"
    for folder in (clinic, elsewhere):
        folder.mkdir()
    yolo(elsewhere, draw, face="0 .5 .5 .1 .1")
    (clinic / "classes.txt").write_text("papule\n")
    for name in ("images", "labels"):
        (clinic / name).symlink_to(elsewhere / name)
    (clinic / "images" / "round").symlink_to(clinic)
    draw(clinic / ".cache" / "face.png")
    assert [len(photo.boxes) for photo in read_collection(clinic)] == [1]
