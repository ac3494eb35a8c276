"""Reading annotated photos, and keeping apart what must not meet."""

import json

import numpy as np
import pytest
from PIL import Image

from mobile_models.lesions import TYPES
from training.config import SourceConfig, TrainConfig
from training.datasets.photo import BUMP, UNKNOWN
from training.datasets.sources import background_weights, is_held_out, read_source
from training.datasets.yolo import LabelError, read_boxes
from training.heldout import held_out_photos, of_all_runs, training_photos

CLASSES = ["open_comedo", "closed_comedo", "papule", "pustule", "nodule", "lesion"]


@pytest.fixture
def data(tmp_path):
    sources = {
        "web_mixed": {"labelled": CLASSES[:5], "licence": "none"},
        "web_single": {"labelled": ["the one class present in the photo"], "licence": "none"},
        "clinic": {"labelled": ["lesion"], "licence": "none"},
    }
    (tmp_path / "sources.json").write_text(json.dumps({"classes": CLASSES, "sources": sources}))
    for name in sources:
        for kind in ("images", "labels"):
            (tmp_path / name / kind / "train").mkdir(parents=True)
        for cluster in range(40):
            stem = f"{cluster:05d}_{name}_jpg"
            Image.new("RGB", (64, 64)).save(tmp_path / name / "images" / "train" / f"{stem}.jpg")
            words = {"web_mixed": "0 .5 .5 .2 .2\n2 .3 .3 .1 .1\n", "web_single": "1 .5 .5 .2 .2\n"}
            (tmp_path / name / "labels" / "train" / f"{stem}.txt").write_text(words.get(name, "5 .5 .5 .2 .2\n"))
    return tmp_path


def config(held_out):
    sources = {n: SourceConfig(1.0, (1.0, 1.0), held_out=h) for n, h in held_out.items()}
    return TrainConfig(1, 1, 64, 0.1, 0.0, 0, 0.9, 0, 1, sources=sources)


def test_open_and_closed_comedones_are_one_type(data):
    assert read_source(data, "web_mixed", "train")[0].types.tolist() == [TYPES.index("comedo"), TYPES.index("papule")]
    assert read_source(data, "web_single", "train")[0].types.tolist() == [TYPES.index("comedo")]


def test_a_lesion_without_a_type_is_unknown(data):
    assert read_source(data, "clinic", "train")[0].types.tolist() == [UNKNOWN]


def test_only_the_class_present_is_background_elsewhere_in_a_one_class_photo(data):
    assert read_source(data, "web_single", "train")[0].background.tolist() == [1, 0, 0, 0]
    assert background_weights(["papule"], set()).tolist() == [0, 1, 0, 0]


def test_a_group_held_out_of_one_web_source_is_held_out_of_the_other(data):
    some = config({"web_mixed": 0.5, "web_single": 0.0})
    held = {f"web:{k:05d}" for k in range(40) if is_held_out(f"web:{k:05d}", 0.5)}
    assert held
    for name in ("web_mixed", "web_single"):
        assert not held & {photo.group for photo in training_photos(some, data, name)}


def test_a_group_that_two_sources_share_is_measured_in_neither(data):
    some = config({"web_mixed": 0.5, "web_single": 0.0, "clinic": 0.5})
    assert held_out_photos(some, data, "web_mixed") == []
    assert held_out_photos(some, data, "clinic")


def test_the_draw_of_held_out_groups_never_changes():
    held = [k for k in range(8) if is_held_out(f"web:{k:05d}", 0.3)]
    assert held == [2, 4, 5, 6, 7]


@pytest.mark.parametrize("line", ["0 .5 .5 .1", "papule .5 .5 .1 .1", "0 nan .5 .1 .1", "0 .5 .5 .1 .1 .9"])
def test_a_malformed_label_line_is_named(tmp_path, line):
    (tmp_path / "photo.txt").write_text(f"0 .5 .5 .1 .1\n{line}\n")
    with pytest.raises(LabelError, match=r"photo\.txt:2"):
        read_boxes(tmp_path / "photo.txt")


def test_boxes_are_clipped_to_the_photo_and_empty_ones_dropped(tmp_path):
    (tmp_path / "photo.txt").write_text("2 0.95 0.5 0.2 0.2\n2 0.5 0.5 0 0.1\n")
    classes, boxes = read_boxes(tmp_path / "photo.txt")
    assert classes.tolist() == [2]
    np.testing.assert_allclose(boxes, [[0.85, 0.4, 1.0, 0.6]], atol=1e-6)


def test_both_label_folders_of_a_photo_are_read_where_a_run_asks_for_both(data):
    (data / "clinic" / "labels_v2" / "train").mkdir(parents=True)
    for label in (data / "clinic" / "labels" / "train").iterdir():
        (data / "clinic" / "labels_v2" / "train" / label.name).write_text("5 .1 .1 .01 .01\n5 .5 .5 .1 .1\n")
    assert read_source(data, "clinic", "train")[0].types.tolist() == [UNKNOWN]
    assert read_source(data, "clinic", "train", "labels_v2")[0].types.tolist() == [UNKNOWN, BUMP]


def test_a_source_without_lesions_is_read_by_its_split(data):
    described = json.loads((data / "sources.json").read_text())
    described["sources"]["spared"] = {"labelled": [], "licence": "none"}
    (data / "sources.json").write_text(json.dumps(described))
    for split in ("train", "measure"):
        (data / "spared" / "images" / split).mkdir(parents=True)
        Image.new("RGB", (64, 64)).save(data / "spared" / "images" / split / f"{split}.webp")
    photos = read_source(data, "spared", "measure")
    assert [photo.path.name for photo in photos] == ["measure.webp"]
    assert photos[0].background.tolist() == [1, 1, 1, 1]


def test_the_same_photo_at_its_real_pixels_is_of_the_same_group(data):
    (data / "clinic" / "photos.csv").write_text("image,source_photo\n00001_clinic_jpg,person_1\n")
    (data / "clinic").rename(data / "clinic_real")
    described = json.loads((data / "sources.json").read_text())
    described["sources"]["clinic_real"] = described["sources"].pop("clinic")
    (data / "sources.json").write_text(json.dumps(described))
    groups = [photo.group for photo in read_source(data, "clinic_real", "train")]
    assert groups[:3] == ["clinic:00000", "clinic:person_1", "clinic:00002"]


def test_what_any_run_trained_on_is_known_to_be_trained_on(data):
    first, second = config({"web_mixed": 0.5}), config({"web_mixed": 0.5, "clinic": 0.0})
    assert set(of_all_runs([first, second]).sources) == {"web_mixed", "clinic"}
    with pytest.raises(ValueError, match="web_mixed: the runs differ in held_out"):
        of_all_runs([first, config({"web_mixed": 0.0})])
