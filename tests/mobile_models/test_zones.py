"""The table of zones: inside the oval, first row wins, one owner each."""

import json
from pathlib import Path

import numpy as np
import pytest

from mobile_models import zones as zones_module
from mobile_models.zones import NOWHERE, SIDES, VIEWS, ZONES, ZoneTable, side_of, side_shares

SOURCE = json.loads((Path(zones_module.__file__).parent / "zones.json").read_text())
TABLE = ZoneTable.from_manifest(SOURCE)


def zone(view, u, v):
    zone = TABLE.zone_of(view, np.array([[u, v]], dtype=float))[0]
    return None if zone == NOWHERE else ZONES[zone]


@pytest.mark.parametrize(
    ("view", "u", "v", "expected"),
    [
        ("front", 0.0, 0.0, "nose"),
        ("front", 0.0, -0.6, "forehead"),
        ("front", 0.0, 0.8, "chin"),
        ("front", 0.6, 0.2, "left_cheek"),  # not mirrored: the patient's left is on the image's right
        ("front", -0.6, 0.2, "right_cheek"),
        ("front", 0.0, 0.45, "left_cheek"),  # the midline itself, below the nose: first row wins
        ("front", 0.8, 0.8, None),  # outside the oval
        ("left", 0.2, 0.2, "left_cheek"),
        ("left", -0.7, 0.2, None),
        ("left", 0.0, -0.7, None),
        ("right", -0.2, 0.2, "right_cheek"),
        ("right", 0.7, 0.2, None),
    ],
)
def test_a_place_in_a_view_belongs_to_its_zone(view, u, v, expected):
    assert zone(view, u, v) == expected


def test_the_front_views_zones_fill_the_oval():
    grid = np.stack(np.meshgrid(np.linspace(-1, 1, 201), np.linspace(-1, 1, 201)), axis=-1).reshape(-1, 2)
    inside = (grid**2).sum(axis=1) <= 1
    assert ((TABLE.zone_of("front", grid) != NOWHERE) == inside).all()


@pytest.mark.parametrize("size", [(600, 800), (800, 600), (700, 700)])
def test_the_oval_lies_centred_and_inside_the_photo(size):
    width, height = size
    short = min(size)
    edge = np.array(
        [[width / 2 + TABLE.radius_u * short, height / 2], [width / 2, height / 2 - TABLE.radius_v * short]]
    )
    assert TABLE.oval_coordinates(edge, width, height) == pytest.approx(np.array([[1.0, 0.0], [0.0, -1.0]]))
    assert 2 * max(TABLE.radius_u, TABLE.radius_v) <= 1


@pytest.mark.parametrize(
    ("views", "owners"),
    [
        (["front"], dict.fromkeys(ZONES, "front")),
        (
            ["front", "left"],
            dict.fromkeys(ZONES, "front") | {"left_cheek": "left"},
        ),
        (
            ["front", "left", "right"],
            dict.fromkeys(ZONES, "front") | {"left_cheek": "left", "right_cheek": "right"},
        ),
        (["left"], {"left_cheek": "left"}),
        (["left", "right"], {"left_cheek": "left", "right_cheek": "right"}),
        ([], {}),
    ],
)
def test_each_captured_zone_has_one_owner(views, owners):
    assert TABLE.captured(views) == owners


def test_a_view_that_owns_a_zone_shows_it():
    for name, views in TABLE.owners.items():
        for view in views:
            assert ZONES.index(name) in {row[0] for row in TABLE.rows[view]}


def test_area_shares_make_a_whole_face():
    assert sum(TABLE.area_share.values()) == pytest.approx(1)
    assert all(sum(side_shares(name)) == 1 for name in ZONES)


def test_sides_are_the_patients():
    points = np.array([[0.5, 0.0], [-0.5, 0.0], [0.0, 0.0]])
    assert [SIDES[s] for s in side_of("front", points)] == ["left", "right", "left"]
    for view in VIEWS[1:]:
        assert {SIDES[s] for s in side_of(view, points)} == {view}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("oval", {"radius_u": 0.6, "radius_v": 0.48}),
        ("zones", ["forehead"]),
        ("area_share", dict.fromkeys(ZONES, 0.3)),
    ],
)
def test_a_table_that_cannot_be_right_is_refused(key, value):
    with pytest.raises(ValueError, match=r"oval|zones|shares"):
        ZoneTable.from_manifest(SOURCE | {key: value})
