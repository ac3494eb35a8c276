from functools import cache

import numpy as np

from mobile_models.lesions import TYPES
from training.synthetic.course import Activity, Career, careers, on_day
from training.synthetic.identity import sample_identity
from training.synthetic.lesions import Lesion
from training.synthetic.sites import find_sites

FALLING = Activity(((0, 30, 20, 10, 0), (28, 20, 12, 5, 0), (84, 4, 1, 0, 0)))


@cache
def _person():
    who = sample_identity(7, ita=40.0)
    return who, find_sites(who)


@cache
def _lives():
    return careers(*_person(), FALLING, 84)


def test_counts_follow_the_activity_they_are_drawn_from():
    lives = _lives()
    first, last = ([lesion for lesion in on_day(lives, day) if lesion.kind in TYPES] for day in (0, 84))
    assert 40 <= len(first) <= 80
    assert len(last) < 0.35 * len(first)


def test_a_lesion_that_lasts_stays_where_it_was():
    lives = _lives()
    today, next_week = (
        {lesion.place: lesion.kind for lesion in on_day(lives, day) if lesion.kind == "comedo"} for day in (7, 14)
    )
    assert len(today.keys() & next_week.keys()) > 0.6 * len(today)


def test_a_lesion_comes_to_a_head_heals_and_leaves_a_fading_mark():
    life = Career(Lesion("pustule", False, (0, 0, 90), (0, 0, 1), 4.0), born_day=0, lasts_days=14, mark_days=30)
    stages = [life.on(day) for day in (-1, 1, 7, 13, 20, 40, 60)]
    assert [None if lesion is None else lesion.kind for lesion in stages] == [
        None,
        "papule",
        "pustule",
        "papule",
        "mark",
        "mark",
        None,
    ]
    assert stages[4].strength > stages[5].strength


def test_the_same_patient_lives_the_same_course():
    assert careers(*_person(), FALLING, 84) == _lives()


def test_lesions_do_not_overlap():
    places = np.array([lesion.place for lesion in on_day(_lives(), 0) if lesion.kind in TYPES])
    apart = np.linalg.norm(places[:, None] - places[None], axis=-1) + 99 * np.eye(len(places))
    assert apart.min() > 1.0
