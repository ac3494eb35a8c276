"""The filter for many people at once says what the filter of a phone says of each of them."""

import numpy as np
import pytest

from mobile_models.series.constants import Constants
from mobile_models.series.follow import follow
from mobile_models.series.since import best, since
from mobile_models.series.visits import Visit
from mobile_models.tables import change_table
from training.change.batch import follow_many, look_back_many
from training.change.people import Camera, Skin, course, simulate

CONSTANTS = Constants.from_manifest(change_table())
WEEKS = [-2.0, -1.0, *map(float, range(30))]


@pytest.mark.parametrize("changes", [[], [0.0], [-6.0, 3.5, 20.0], [40.0]])
def test_everyone_is_followed_as_alone_with_missed_weeks_and_spoilt_photos(changes):
    camera = Camera(sem=0.45, spoilt=0.1, missed=0.25)
    seen = simulate(4, WEEKS, course(20, 0.75, 15), np.random.default_rng(1), Skin(), camera)
    together = follow_many(seen.weeks, seen.counts, changes, CONSTANTS, remember=True)
    recent, since_week = look_back_many(seen.weeks, seen.counts, CONSTANTS)
    for person, counts in enumerate(seen.counts):
        there = np.flatnonzero(np.isfinite(counts))
        visits = [Visit(float(seen.weeks[visit]), float(counts[visit])) for visit in there]
        states = follow(visits, changes, constants=CONSTANTS)
        for name in ("face", "trend", "surprise"):
            alone = [getattr(state, name) for state in states]
            assert getattr(together, name)[person, there] == pytest.approx(alone, abs=1e-9)
        assert recent[person, there] == pytest.approx(
            [state.recent.z if state.recent else 0 for state in states], abs=1e-9
        )
        assert since_week[person, there[-1]] == states[-1].recent.week
        lowest = best(visits, changes, constants=CONSTANTS)
        [found] = since(visits, [lowest], changes, constants=CONSTANTS)
        assert together.best[person, there[-1]] == pytest.approx(found.trend, abs=1e-9)
        assert together.face_best[person, there[-1]] == pytest.approx(found.face, abs=1e-9)
        for z, place in (
            (together.face_looked, together.looked_visit),
            (together.face_looked_next, together.next_visit),
        ):
            [found] = since(visits, [float(WEEKS[int(place[person, there[-1]])])], changes, constants=CONSTANTS)
            assert z[person, there[-1]] == pytest.approx(found.face, abs=1e-9)
