import json

import pytest
from PIL import Image

from mobile_models.zones import VIEWS
from training.synthetic.views import ITA_DEGREES, write_views


@pytest.fixture(scope="module")
def visit(tmp_path_factory):
    """A folder with one small visit, and its table."""
    folder = tmp_path_factory.mktemp("views")
    write_views(folder, people=1, seed=5, height_px=160)
    (table,) = folder.glob("*.json")
    return folder, table


def test_a_visit_is_three_photos_and_a_table_whose_boxes_lie_in_them(visit):
    folder, table = visit
    shown = json.loads(table.read_text())
    assert shown["ita"] in ITA_DEGREES
    for view in VIEWS:
        with Image.open(folder / f"{table.stem}-{view}.jpg") as photo:
            width, height = photo.size
        boxes = [lesion["boxes"][view] for lesion in shown["lesions"] if view in lesion["boxes"]]
        assert boxes
        for x0, y0, x1, y1 in boxes:
            assert 0 <= x0 < x1 <= width and 0 <= y0 < y1 <= height


def test_all_views_show_the_same_lesions_and_each_side_view_its_own_cheek(visit):
    lesions = json.loads(visit[1].read_text())["lesions"]
    assert len({lesion["id"] for lesion in lesions}) == len(lesions)
    assert sum(len(lesion["boxes"]) > 1 for lesion in lesions) >= 0.2 * len(lesions)
    cheeks = {side: [lesion for lesion in lesions if lesion["zone"] == f"{side}_cheek"] for side in ("left", "right")}
    for side, other in (("left", "right"), ("right", "left")):
        shown = [sum(view in lesion["boxes"] for lesion in cheeks[side]) for view in (side, other)]
        assert shown[0] > shown[1]


def test_a_visit_that_is_there_is_not_rendered_again(visit):
    folder, _ = visit
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    write_views(folder, people=1, seed=5, height_px=160)
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == before
