"""Counts: what is expected, its interval, its values, and the lesions that are drawn for them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from mobile_models.calibration import Calibration
from mobile_models.counts import ExpectedCounts, apportion, choose_counted, counts_of, expected_counts
from mobile_models.lesions import GROUPS, TYPES
from mobile_models.zones import ZONES

SHARES = {"forehead": 0.28, "left_cheek": 0.27, "right_cheek": 0.27, "nose": 0.06, "chin": 0.12}


def calibration(base=0.0, alpha=0.3):
    group = {"knots": [0.0, 1.0], "weights": [[0.0, 1.0]] * 2, "base": base, "alpha": alpha}
    certain = {kind: [[float(kind == other) for other in TYPES]] for kind in TYPES}
    return Calibration.from_manifest(
        {
            "interval": 0.95,
            "score_floor": 0.01,
            "sizes": [0.02, 0.04],
            "type_given": {"score_edges": [], "by_size": [certain] * 2},
            "counts": dict.fromkeys(GROUPS, group),
        }
    )


def expect(lesions, zone=None, side=None, captured=(), base=0.0, alpha=0.3):
    lesions = np.asarray(lesions, dtype=float).reshape(-1, 4)
    nowhere = np.zeros(len(lesions), dtype=np.int64)
    zone, side = (nowhere if x is None else np.asarray(x) for x in (zone, side))
    return expected_counts(lesions, zone, side, captured, SHARES, calibration(base, alpha))


def test_means_add_up_by_zone_side_and_type():
    expected = expect(
        [[0, 0.5, 0.1, 0], [0, 0.25, 0, 0.2], [0.4, 0, 0, 0]], zone=[0, 0, 3], side=[0, 1, 1], captured=ZONES
    )
    assert expected.mean[0].tolist() == [[0, 0.5, 0.1, 0], [0, 0.25, 0, 0.2]]
    assert expected.mean[3].tolist() == [[0, 0, 0, 0], [0.4, 0, 0, 0]]
    assert expected.group_mean("inflammatory") == pytest.approx(1.05)


def test_the_base_is_spread_by_area_and_by_what_is_seen():
    expected = expect([[0, 3.0, 1.0, 0]], zone=[3], side=[0], captured=ZONES, base=2.0)
    empty_cheek = expected.mean[ZONES.index("left_cheek")]
    assert empty_cheek[0] == pytest.approx([0.27 * 2.0, 0.27 * 2.0 * 0.75, 0.27 * 2.0 * 0.25, 0])
    assert empty_cheek[1].sum() == 0  # a cheek lies on one side
    assert expected.mean[ZONES.index("chin"), :, 1] == pytest.approx([0.06 * 2.0 * 0.75] * 2)
    assert expected.group_mean("inflammatory") == pytest.approx(4.0 + 2.0)


def test_a_partial_face_has_its_share_of_the_base():
    assert expect([], captured=("left_cheek",), base=2.0).group_mean("inflammatory") == pytest.approx(0.54)


def test_without_a_guide_the_photo_is_one_zone_with_the_whole_base():
    expected = expect([[0, 1, 0, 0]], base=2.0)
    assert expected.zones == ()
    assert expected.mean.shape == (1, 2, 4)
    assert expected.group_mean("inflammatory") == pytest.approx(3.0)


def test_a_clear_face_spreads_the_base_evenly_over_types():
    assert expect([], base=0.9).mean[0, 0] == pytest.approx([0.9, 0.3, 0.3, 0.3])


def test_intervals_are_scipys_and_the_total_is_the_convolution():
    expected = expect([[6.0, 4.0, 1.0, 0.5]])
    counts = counts_of(expected, 300, 0.95)

    def reference(mean):
        return stats.nbinom(1 / 0.3, 1 / (1 + 0.3 * mean))

    for name, mean in {"comedo": 6.0, "papule": 4.0, "pustule": 1.0, "inflammatory": 5.5}.items():
        assert (counts[name].low, counts[name].high) == reference(mean).interval(0.95)
    k = np.arange(400)
    cdf = np.cumsum(np.convolve(reference(6.0).pmf(k), reference(5.5).pmf(k)))
    assert counts["total"].low == np.argmax(cdf >= 0.025)
    assert counts["total"].high == np.argmax(cdf >= 0.975)


def test_values_are_rounded_half_up_and_types_share_them_by_largest_remainder():
    counts = counts_of(expect([[2.5, 4.4, 2.4, 0.7]]), 300, 0.95)
    assert {name: count.value for name, count in counts.items()} == {
        "comedo": 3,
        "papule": 5,
        "pustule": 2,
        "nodule": 1,
        "inflammatory": 8,
        "non_inflammatory": 3,
        "total": 11,
    }


def test_apportioning_by_hand():
    assert apportion(7, np.array([4.4, 2.4, 0.7])) == [4, 2, 1]  # quotas 4.11 2.24 0.65
    assert apportion(2, np.array([1.0, 1.0, 1.0])) == [1, 1, 0]  # a tie goes to the earlier type
    assert apportion(0, np.array([0.0, 0.0])) == [0, 0]


def test_no_more_is_counted_than_there_are_candidates_and_inflammatory_lesions_come_first():
    counts = counts_of(expect([[5.0, 6.0, 0, 0]]), 8, 0.95)
    assert (counts["inflammatory"].value, counts["non_inflammatory"].value) == (6, 2)


def test_an_interval_holds_its_value():
    counts = counts_of(expect([[0, 9.0, 0, 0]]), 0, 0.5)
    assert counts["papule"].value == 0 == counts["papule"].low
    assert counts["papule"].expected == 9.0


def test_the_likeliest_type_is_given_while_its_number_lasts():
    lesions = [[0, 0.6, 0.5, 0], [0, 0.9, 0.1, 0], [0, 0.5, 0.2, 0]]
    assert choose_counted(np.array(lesions), [0, 2, 1, 0]).tolist() == [2, 1, 1]


expectations = st.lists(st.lists(st.floats(0, 1.5), min_size=4, max_size=4), min_size=0, max_size=60)


@settings(max_examples=150)
@given(expectations, st.floats(0, 5), st.floats(0, 2))
def test_the_picture_and_the_numbers_always_agree(lesions, base, alpha):
    expected = expect(lesions, base=base, alpha=alpha)
    counts = counts_of(expected, len(lesions), 0.95)
    drawn = choose_counted(np.asarray(lesions, dtype=float).reshape(-1, 4), [counts[t].value for t in TYPES])
    assert [int((drawn == t).sum()) for t in range(4)] == [counts[t].value for t in TYPES]
    assert counts["inflammatory"].value == sum(counts[t].value for t in TYPES[1:])
    assert counts["total"].value == (drawn >= 0).sum()
    assert all(count.low <= count.value <= count.high for count in counts.values())


def test_nodules_share_of_inflammatory_lesions():
    assert expect([[9, 2, 1, 1]]).nodule_share() == pytest.approx(0.25)
    assert ExpectedCounts((), np.zeros((1, 2, 4)), {}).nodule_share() == 0
