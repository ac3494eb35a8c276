"""Metrics by hand, and against their definitions."""

import numpy as np
import pytest

from mobile_models.export.metrics import (
    ScoredPhoto,
    average_precision,
    centre_f1,
    count_error,
    hits_by_centre,
    hits_by_iou,
    iou,
    pool,
)


def photo(predictions, reference):
    table = np.asarray(predictions, dtype=float).reshape(-1, 5)
    return ScoredPhoto(table[:, :4], table[:, 4], np.asarray(reference, dtype=float).reshape(-1, 4))


A, B, FAR = (0, 0, 10, 10), (20, 20, 30, 30), (80, 80, 90, 90)


def test_iou_by_hand():
    assert iou(np.array([A]), np.array([(5, 0, 15, 10), A, FAR])).tolist() == [[pytest.approx(1 / 3), 1.0, 0.0]]
    assert iou(np.array([(3, 3, 3, 3)]), np.array([(3, 3, 3, 3)])).tolist() == [[0.0]]


def test_average_precision_by_hand():
    # hit, miss, hit of two references: precision 1, 1/2, 2/3 at recall 1/2, 1/2, 1
    photos = [photo([(*A, 0.9), (*FAR, 0.8), (*B, 0.7)], [A, B])]
    assert average_precision(photos, points="all") == pytest.approx(0.5 * 1 + 0.5 * 2 / 3)
    assert average_precision(photos) == pytest.approx((51 * 1 + 50 * 2 / 3) / 101)


def test_a_reference_is_found_once():
    twice = photo([(*A, 0.9), (*A, 0.8)], [A])
    assert average_precision([twice], points="all") == 1.0
    assert centre_f1([twice]).f1 == 1.0  # the best threshold leaves the second out
    assert centre_f1([photo([(*A, 0.9), (*A, 0.9)], [A])]).f1 == pytest.approx(2 / 3)  # equal scores stay together


def test_each_prediction_takes_the_reference_it_overlaps_most():
    close = (0, 0, 10, 12)
    assert average_precision([photo([(*close, 0.9), (*A, 0.8)], [A, close])], points="all") == 1.0


def test_nothing_to_find_and_nothing_found():
    assert np.isnan(average_precision([photo([(*A, 0.5)], [])]))
    assert average_precision([photo([], [A])]) == 0.0
    assert centre_f1([photo([], [A])]).f1 == 0.0
    assert centre_f1([photo([(*A, 0.5)], [])]).f1 == 0.0


def test_photos_are_pooled_by_score_not_averaged():
    photos = [photo([(*A, 0.6)], [A]), photo([(*FAR, 0.9)], [A])]
    assert average_precision(photos, points="all") == pytest.approx(0.5 * 0.5)


def test_a_photo_that_counts_twice_is_as_two_such_photos():
    first, second = photo([(*A, 0.6), (*FAR, 0.5)], [A, B]), photo([(*FAR, 0.9), (*B, 0.4)], [A, B])
    times = np.array([3, 0, 1])
    drawn = [first, first, first, photo([(*A, 0.7)], [A])]
    for match in (hits_by_centre, lambda p: hits_by_iou(p, 0.5)):
        pooled = pool([match(p) for p in (first, second, photo([(*A, 0.7)], [A]))])
        again = pool([match(p) for p in drawn])
        assert pooled.best_f1(times) == again.best_f1()
        assert pooled.average_precision(times=times) == pytest.approx(again.average_precision())
        assert pooled.average_precision("all", times) == pytest.approx(again.average_precision("all"))
    assert np.isnan(pooled.average_precision(times=np.zeros(3, dtype=int)))
    assert pooled.best_f1(np.zeros(3, dtype=int)).f1 == 0.0


@pytest.mark.parametrize(
    ("centre", "hit"),
    [((11.2, 5), 1), ((11.3, 5), 0), ((-1.2, -1.2), 1), ((5, 11.3), 0)],
)
def test_a_centre_hits_inside_the_box_grown_by_a_quarter(centre, hit):
    x, y = centre
    assert centre_f1([photo([(x - 1, y - 1, x + 1, y + 1, 0.5)], [A])]).f1 == hit


def test_centre_f1_gives_its_threshold():
    best = centre_f1([photo([(*A, 0.9), (*B, 0.6), (*FAR, 0.3)], [A, B])])
    assert (best.f1, best.precision, best.recall, best.threshold) == (1.0, 1.0, 1.0, 0.6)


def test_count_errors_by_hand():
    error = count_error([3, 5, 0], [1, 5, 3])
    assert error.mae == pytest.approx(5 / 3)
    assert error.bias == pytest.approx(-1 / 3)
    assert error.rmse == pytest.approx(np.sqrt(13 / 3))
