"""NG198: moderate to severe from 35 inflammatory lesions or three nodules, as a probability."""

import pytest

from mobile_models.grading import ng198
from mobile_models.tables import grading_tables

TABLE = grading_tables()["NG198"]


@pytest.mark.parametrize(
    ("means", "low", "high"),
    [
        ({"papule": 5.0}, 0.0, 0.001),
        ({"papule": 34.5}, 0.3, 0.7),
        ({"papule": 80.0}, 0.99, 1.0),
        ({"papule": 5.0, "nodule": 1.0}, 0.03, 0.2),
        ({"papule": 5.0, "nodule": 6.0}, 0.8, 1.0),
    ],
)
def test_either_many_lesions_or_three_nodules_make_it_severe(means, low, high, evenly):
    grade = ng198.grade(evenly(**means), TABLE)
    assert low <= grade.distribution["moderate to severe"] <= high
    assert sum(grade.distribution.values()) == pytest.approx(1)


def test_one_uncertain_nodule_lifts_no_grade(evenly):
    from mobile_models.grading import gea, iga

    tables = grading_tables()
    spots = {"papule": 4.0}
    for instrument, name in ((iga, "IGA"), (gea, "GEA"), (ng198, "NG198")):
        without = instrument.grade(evenly(**spots), tables[name]).value
        assert instrument.grade(evenly(**spots, nodule=0.8), tables[name]).value == without
