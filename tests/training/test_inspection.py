"""What ``inspect`` says of a folder."""

import json

import numpy as np
import pytest
from PIL import Image

from training.__main__ import main
from training.datasets.collection import read_collection
from training.datasets.sources import read_source


@pytest.fixture
def clinic(tmp_path):
    folder = tmp_path / "clinic"
    folder.mkdir()
    (folder / "classes.txt").write_text("papule\nblackhead\n")
    for name, seed, text in (
        ("a", 1, "0 .5 .5 .1 .1\n1 .2 .2 .05 .05\n"),
        ("a_again", 1, "0 .5 .5 .1 .1\n"),
        ("clear", 2, ""),
        ("broken", 3, "0 .5 .5 .1 .1\n"),
    ):
        noise = np.random.default_rng(seed).integers(60, 200, (9, 12, 3), dtype=np.uint8)
        Image.fromarray(noise).resize((320, 240), Image.Resampling.BICUBIC).save(folder / f"{name}.png")
        (folder / f"{name}.txt").write_text(text)
    (folder / "broken.png").write_bytes((folder / "broken.png").read_bytes()[:900])
    return folder


def test_it_counts_measures_and_names_copies_and_broken_photos(clinic, capsys):
    assert main(["inspect", str(clinic), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["photos"], report["groups"], report["clear_photos"], report["format"]) == (3, 2, 1, "yolo")
    assert report["boxes"] == {"comedo": 1, "papule": 2, "pustule": 0, "nodule": 0, "untyped": 0}
    assert report["photos_with"]["papule"] == 2
    assert report["background"] == {"comedo": 1, "papule": 1, "pustule": 0, "nodule": 0}
    assert report["photo_sides_px"] == {"p0": 240, "p50": 280, "p100": 320}
    assert report["box_px_at_640"]["p50"] == pytest.approx(np.sqrt(64 * 48), abs=0.1)
    assert report["near_duplicates"] == {"pairs": 1, "across_groups": 1, "examples": [["a.png", "a_again.png"]]}
    assert len(report["unreadable"]) == 1
    assert not report["label_leaks"]


def test_it_says_the_same_in_words(clinic, capsys):
    assert main(["inspect", str(clinic)]) == 0
    text = capsys.readouterr().out
    assert "clinic: 3 photos in 2 groups, format yolo, 1 without a box" in text
    assert "a.png ~ a_again.png" in text
    assert "unreadable: 1" in text


def test_an_unknown_class_name_exits_with_2_and_the_remedy(clinic, capsys):
    (clinic / "classes.txt").write_text("papule\nzit\n")
    assert main(["inspect", str(clinic)]) == 2
    assert "--classes 'zit=lesion'" in capsys.readouterr().err
    assert main(["inspect", str(clinic), "--classes", "zit=blackheads"]) == 0


def test_one_source_of_several_is_read_as_its_description_says(clinic, tmp_path):
    sources = {"clinic": {"labelled": ["papule"], "splits": ["train"], "licence": "none"}}
    (tmp_path / "sources.json").write_text(json.dumps({"classes": ["papule", "comedo"], "sources": sources}))
    for kind, suffix in (("images", "png"), ("labels", "txt")):
        (clinic / kind / "train").mkdir(parents=True)
        for path in sorted(clinic.glob(f"*.{suffix}")):
            path.rename(clinic / kind / "train" / path.name)
    (clinic / "images" / "train" / "broken.png").unlink()
    photos = read_collection(clinic)
    described = read_source(tmp_path, "clinic", "train")
    assert [(photo.path, photo.group, photo.background.tolist()) for photo in photos] == [
        (photo.path, photo.group, photo.background.tolist()) for photo in described
    ]
