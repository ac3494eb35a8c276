"""What shows the same scene stays together."""

import numpy as np
import pytest
from PIL import Image, ImageEnhance

from training.datasets.collection import open_collection, read_collection
from training.datasets.grouping import source_name
from training.datasets.near_duplicates import fingerprint, near_pairs
from training.heldout import split_photos, unseen


@pytest.mark.parametrize(
    ("stem", "source"),
    [
        ("IMG_0042_jpg.rf.0a1b2c3d4e", "IMG_0042"),
        ("IMG_0042_png.rf.ffee", "IMG_0042"),
        ("face_aug_3", "face"),
        ("face-hflip", "face"),
        ("face_rotated90", "face"),
        ("face_flip_blur2", "face"),
        ("face (2)", "face"),
        ("face - Copy", "face"),
        ("patient7_left", "patient7_left"),
        ("2024_05_01", "2024_05_01"),
        ("flip", "flip"),
    ],
)
def test_versions_of_one_photo_have_one_source(stem, source):
    assert source_name(stem) == source


def collection(folder, draw, names):
    """Write photos drawn by the number that each name is given, all with one box."""
    (folder / "classes.txt").write_text("papule\n")
    for name, seed in names.items():
        draw(folder / f"{name}.png", seed)
        (folder / f"{name}.txt").write_text("0 .5 .5 .1 .1")


def groups(folder):
    return {photo.path.stem: photo.group.partition(":")[2] for photo in read_collection(folder)}


def test_names_group_versions_of_one_photo(tmp_path, draw):
    collection(tmp_path, draw, {"a_jpg.rf.01": 1, "a_jpg.rf.02": 2, "b": 3})
    assert groups(tmp_path) == {"a_jpg.rf.01": "a", "a_jpg.rf.02": "a", "b": "b"}


def test_a_column_that_names_the_patient_groups_before_names_do(tmp_path, draw):
    collection(tmp_path, draw, {"a": 1, "b": 2, "c": 3})
    (tmp_path / "photos.csv").write_text("image,patient,source_photo\na.png,P1,x\nb.png,P2,y\nc.png,P1,z\n")
    assert groups(tmp_path) == {"a": "P1", "b": "P2", "c": "P1"}


def test_near_duplicates_join_the_groups_they_are_found_in(tmp_path, draw):
    collection(tmp_path, draw, {"a": 1, "a_aug1": 4, "b": 1, "c": 3})
    assert groups(tmp_path) == {"a": "a", "a_aug1": "a", "b": "a", "c": "c"}
    opened = open_collection(tmp_path)
    assert [(opened.photos[i].path.stem, opened.photos[j].path.stem) for i, j in opened.pairs] == [("a", "b")]
    assert opened.named[0] != opened.named[2]


def picture(seed, size=(320, 240)):
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(60, 200, (9, 11, 3), dtype=np.uint8)).resize(size, Image.Resampling.BICUBIC)
    grain = rng.normal(0, 6, (*size[::-1], 3))
    return Image.fromarray((np.asarray(coarse) + grain).clip(0, 255).astype(np.uint8))


COPIES = {
    "half the size": lambda picture: picture.resize((160, 120)),
    "brighter": lambda picture: ImageEnhance.Brightness(picture).enhance(1.2),
    "mirrored": lambda picture: picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    "in grey": lambda picture: picture.convert("L"),
}


@pytest.mark.parametrize("copy", COPIES)
def test_a_copy_is_found(copy, tmp_path):
    picture(1).save(tmp_path / "one.png")
    COPIES[copy](picture(1)).save(tmp_path / "copy.jpg", quality=60)
    picture(2).save(tmp_path / "other.png")
    prints = [fingerprint(tmp_path / name) for name in ("one.png", "other.png", "copy.jpg")]
    assert near_pairs(prints) == [(0, 2)]


def test_different_and_blank_pictures_are_no_copies(tmp_path):
    for seed in range(30):
        picture(seed).save(tmp_path / f"{seed}.png")
    for name in ("blank", "white"):
        Image.new("RGB", (80, 80), name.replace("blank", "black")).save(tmp_path / f"{name}.png")
    assert near_pairs([fingerprint(path) for path in sorted(tmp_path.iterdir())]) == []


def test_no_group_is_on_both_sides_of_a_split(tmp_path, draw):
    collection(tmp_path, draw, {f"{k}_jpg.rf.{version}": 100 * k + version for k in range(20) for version in range(2)})
    photos = read_collection(tmp_path)
    trained_on, held = split_photos(photos, 0.4)
    assert trained_on and held
    assert len(trained_on) + len(held) == len(photos)
    assert not {photo.group for photo in trained_on} & {photo.group for photo in held}
    assert split_photos(photos, 0.4) == (trained_on, held)


def test_a_folder_called_valid_or_test_is_held_out_with_all_versions_of_its_photos(tmp_path, draw):
    (tmp_path / "data.yaml").write_text("names: [papule]\n")
    for place, seed in (("train/images/a_jpg.rf.01", 1), ("train/images/b", 2), ("test/images/a_jpg.rf.02", 3)):
        draw(tmp_path / f"{place}.png", seed)
        label = tmp_path / f"{place.replace('images', 'labels')}.txt"
        label.parent.mkdir(parents=True, exist_ok=True)
        label.write_text("0 .5 .5 .1 .1")
    trained_on, held = split_photos(read_collection(tmp_path), 0.9)
    assert [photo.path.stem for photo in trained_on] == ["b"]
    assert sorted(photo.path.stem for photo in held) == ["a_jpg.rf.01", "a_jpg.rf.02"]


def test_a_held_out_photo_of_which_a_copy_was_trained_on_is_not_measured(tmp_path, draw):
    for folder, names in (("held", {"a": 1, "b": 2}), ("trained", {"c": 1, "d": 3})):
        (tmp_path / folder).mkdir()
        collection(tmp_path / folder, draw, names)
    held, trained = (read_collection(tmp_path / name) for name in ("held", "trained"))
    assert [photo.path.stem for photo in unseen(held, trained)] == ["b"]
