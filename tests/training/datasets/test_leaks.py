"""Lesion types that follow from the photo's grade are refused; types that a close-up's style may betray are not."""

from pathlib import Path

import numpy as np
import pytest

from training.datasets.collection import read_collection
from training.datasets.leaks import BY_COUNT, LabelLeak, find_leaks, grades_of, one_type_a_photo
from training.datasets.photo import UNKNOWN, AnnotatedPhoto

FOLDER = Path("/clinic")
COUNTS = (3, 12, 30, 60)
"""A number of boxes in each of ACNE04's levels."""


def photo(name, types):
    boxes = np.tile(np.array([[0.1, 0.1, 0.2, 0.2]], dtype=np.float32), (len(types), 1))
    return AnnotatedPhoto(FOLDER / name, "clinic", name, boxes, np.array(types, dtype=np.int64), np.ones(4))


def graded(name, types_of_level, photos=48, count=lambda level, k: 4):
    """Photos in four levels by turns; ``types_of_level`` gives the types of photo ``k``."""
    return [
        photo(name.format(level=k % 4, k=k), (types_of_level(k % 4, k) * 99)[: count(k % 4, k)]) for k in range(photos)
    ]


def by_level(level, k):
    return [level]


def by_turns(level, k):
    return [(k // 4) % 4]


@pytest.mark.parametrize("name", ["levle{level}_{k}.jpg", "acne{level}_{k}.jpg", "Level-{level} {k}.jpg"])
def test_a_type_that_is_the_grade_in_the_file_name_is_found(name):
    (leak,) = find_leaks(graded(name, by_level), FOLDER)
    assert leak.grade == "grade in the file name"
    assert leak.explained == 1
    assert dict(leak.type_of_grade) == {"0": "comedo", "1": "papule", "2": "pustule", "3": "nodule"}


def test_a_type_that_is_the_grade_of_the_folder_is_found():
    (leak,) = find_leaks(graded("acne{level}/{k}.jpg", by_level), FOLDER)
    assert leak.grade == "folder's grade"


def test_words_of_severity_are_grades_and_acne04_is_none():
    photos = [
        photo(name, [1]) for name in ("mild_3.jpg", "very_severe_2.jpg", "acne04_1.jpg", "severely.jpg", "iga3.jpg")
    ]
    assert grades_of(photos, FOLDER)["grade in the file name"] == ["mild", "very_severe", "", "", "3"]


def test_a_type_that_is_the_level_of_the_count_is_found():
    photos = graded("{k}.jpg", by_level, photos=60, count=lambda level, k: COUNTS[level])
    (leak,) = find_leaks(photos, FOLDER)
    assert leak.grade == BY_COUNT


def test_a_few_copies_that_lost_boxes_do_not_hide_it():
    photos = graded("{k}.jpg", by_level, photos=100, count=lambda level, k: COUNTS[level] if k > 3 else 1)
    assert [leak.grade for leak in find_leaks(photos, FOLDER)] == [BY_COUNT]


def test_two_levels_that_go_with_two_types_may_be_honest_close_ups():
    photos = graded("{k}.jpg", lambda level, k: [level // 2], photos=60, count=lambda level, k: (3, 3, 30, 30)[level])
    assert find_leaks(photos, FOLDER) == []


@pytest.mark.parametrize(
    "photos",
    [
        graded("levle{level}_{k}.jpg", by_turns),
        graded("levle{level}_{k}.jpg", lambda level, k: [level, (level + 1) % 4]),
        graded("levle{level}_{k}.jpg", lambda level, k: [UNKNOWN]),
        graded("levle{level}_{k}.jpg", by_level, photos=12),
        graded("levle{level}_{k}.jpg", lambda level, k: [1]),
        graded("{k}.jpg", by_turns, count=lambda level, k: COUNTS[level]),
    ],
    ids=["types by turns", "types mixed", "untyped", "too few photos", "one type in all", "one type a photo, no grade"],
)
def test_honest_types_are_no_leak(photos):
    assert find_leaks(photos, FOLDER) == []


def test_one_type_a_photo_is_seen_and_is_no_leak():
    photos = graded("{k}.jpg", by_turns)
    assert one_type_a_photo(photos)
    assert not one_type_a_photo([*photos, photo("mixed.jpg", [0, 1])])
    assert not one_type_a_photo(graded("{k}.jpg", lambda level, k: [2]))


def false_acne04(folder, draw, grade_in_table):
    folder.mkdir()
    (folder / "classes.txt").write_text("blackheads\npapule\npustule\ncyst\n")
    rows = ["image,severity"]
    for k in range(24):
        level = k % 4
        stem = f"face{k}" if grade_in_table else f"acne{level}_{k}_jpg.rf.{k:04x}"
        draw(folder / f"{stem}.png", k)
        (folder / f"{stem}.txt").write_text(f"{level} .5 .5 .1 .1\n" * 3)
        rows.append(f"{stem}.png,{level}")
    if grade_in_table:
        (folder / "photos.csv").write_text("\n".join(rows))
    return folder


@pytest.mark.parametrize("grade_in_table", [True, False])
def test_a_folder_with_such_types_is_refused_unless_allowed_or_read_untyped(grade_in_table, tmp_path, draw):
    folder = false_acne04(tmp_path / "clinic", draw, grade_in_table)
    with pytest.raises(LabelLeak, match=r"0 → comedo, 1 → papule.*--classes.*--allow-label-leak"):
        read_collection(folder)
    assert len(read_collection(folder, allow_leak=True)) == 24
    untyped = dict.fromkeys(("blackheads", "papule", "pustule", "cyst"), "lesion")
    assert {kind for photo in read_collection(folder, classes=untyped) for kind in photo.types} == {UNKNOWN}


def test_where_every_photo_has_one_type_unboxed_skin_counts_against_that_type_only(tmp_path, draw):
    (tmp_path / "classes.txt").write_text("papule\nnodule\n")
    for k in range(20):
        draw(tmp_path / f"{k}.png", k)
        (tmp_path / f"{k}.txt").write_text(f"{(k // 2) % 2} .5 .5 .1 .1")
    assert {tuple(photo.background) for photo in read_collection(tmp_path)} == {(0, 1, 0, 0), (0, 0, 0, 1)}
    assert {tuple(photo.background) for photo in read_collection(tmp_path, boxed=["papule", "nodule"])} == {
        (0, 1, 0, 1)
    }
