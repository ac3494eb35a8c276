"""The smallest fall that would show, and by when."""

from dataclasses import replace

from mobile_models.series.constants import Constants
from mobile_models.series.follow import follow
from mobile_models.series.showing import fall_that_would_show
from mobile_models.series.visits import Visit
from mobile_models.tables import change_table

CONSTANTS = replace(Constants.from_manifest(change_table()), sem=0.45)


def steady(visits, count=20.0):
    return [Visit(week, count + week % 3 - 1) for week in range(visits)]


def test_a_fall_so_large_is_called_probable_by_then_and_a_smaller_one_is_not():
    visits = steady(4)
    fall, number = fall_that_would_show(visits, [2], constants=CONSTANTS)
    assert number == 12
    for share, told in ((fall + 1, True), (fall - 2, False)):
        fallen = [Visit(week, 20 * (1 - share / 100)) for week in range(4, 12)]
        last = follow([*visits, *fallen], [2], constants=CONSTANTS)[-1]
        assert (last.face > CONSTANTS.said_at.probably) is told


def test_who_has_more_lesions_or_better_photos_needs_a_smaller_fall():
    few, many = (fall_that_would_show(steady(4, count), [2], constants=CONSTANTS)[0] for count in (8, 40))
    assert many < few
    worse = fall_that_would_show(steady(4, 40), [2], constants=replace(CONSTANTS, sem=0.8))[0]
    assert many < worse


def test_after_twelve_visits_it_is_said_what_the_next_three_could_show():
    fall, number = fall_that_would_show(steady(13), [0], constants=CONSTANTS)
    assert number == 16
    assert 0 < fall < 100
