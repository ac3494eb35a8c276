import csv

import pytest
from PIL import Image

from training.synthetic.photos import PER_PERSON, person_photos, write_photos

pytestmark = pytest.mark.slow


def test_a_photo_gets_an_image_a_label_file_and_a_row_and_is_not_rendered_twice(tmp_path):
    write_photos(tmp_path, count=1, seed=4)
    (row,) = csv.DictReader((tmp_path / "photos.csv").read_text().splitlines())
    image = tmp_path / "images" / f"{row['name']}.jpg"
    lines = (tmp_path / "labels" / f"{row['name']}.txt").read_text().splitlines()
    with Image.open(image) as photo:
        assert photo.size == (int(row["width"]), int(row["height"])) == (600, 800)
    assert len(lines) == sum(int(row[k]) for k in ("comedo", "papule", "pustule", "nodule"))
    for line in lines:
        kind, *box = line.split()
        assert kind in "0123" and all(0 < float(v) < 1 for v in box)
    before = image.stat().st_mtime_ns
    write_photos(tmp_path, count=1, seed=4)
    assert image.stat().st_mtime_ns == before
    assert len(list(csv.DictReader((tmp_path / "photos.csv").read_text().splitlines()))) == 1


def test_only_the_wanted_photos_of_a_person_are_rendered():
    assert list(person_photos(1, set())) == []
    assert PER_PERSON == 9
