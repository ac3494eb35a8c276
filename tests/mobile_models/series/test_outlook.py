"""The outlook to week 12 of a course."""

import pytest

from mobile_models.series.constants import Constants
from mobile_models.series.outlook import PUBLISHED, is_active, outlook
from mobile_models.series.visits import Visit
from mobile_models.tables import change_table

CONSTANTS = Constants.from_manifest(change_table())


def visits(*counts, first=-2):
    return [Visit(first + week, count) for week, count in enumerate(counts)]


def test_who_falls_fast_is_expected_lower_than_who_does_not():
    fast = outlook(visits(20, 21, 20, 16, 12, 9, 7), 0, active=True, constants=CONSTANTS)
    slow = outlook(visits(20, 21, 20, 20, 19, 20, 19), 0, active=True, constants=CONSTANTS)
    assert fast.number.mid < slow.number.mid
    assert fast.half > slow.half
    assert fast.week == 12


def test_a_drug_that_is_not_known_to_be_active_is_expected_to_do_less():
    seen = visits(20, 21, 20, 16, 12, 9, 7)
    active, unknown = (outlook(seen, 0, active=known, constants=CONSTANTS) for known in (True, False))
    assert active.number.mid < unknown.number.mid


def test_there_is_none_before_its_first_week_after_its_last_and_without_a_visit_before_the_start():
    assert outlook(visits(20, 21, 20, 16, 12, 9), 0, active=True, constants=CONSTANTS) is None
    assert outlook(visits(*[20] * 15), 0, active=True, constants=CONSTANTS) is None
    assert outlook(visits(*[20] * 14), 0, active=True, constants=CONSTANTS).week == 12
    almost = [*visits(*[20] * 13), Visit(11.9, 20)]  # Its end is tomorrow, and can be waited for.
    assert outlook(almost, 0, active=True, constants=CONSTANTS) is None
    assert outlook(visits(20, 16, 12, 9, 7, first=1), 0, active=True, constants=CONSTANTS) is None


@pytest.mark.parametrize(
    ("drug", "active"),
    [
        ("Adapalene 0.1 % gel", True),
        ("BENZOYL PEROXIDE 5 %", True),
        ("Doxycycline", True),
        ("Minocycline", False),
        ("a herbal cream", False),
        ("Isotretinoin 20 mg", None),
    ],
)
def test_a_drug_counts_as_active_where_the_table_has_it_and_isotretinoin_gets_no_outlook(drug, active):
    assert is_active(drug) is active


def test_no_figure_of_a_trial_is_given_as_read_in_a_paper():
    assert "not checked against the papers" in PUBLISHED["source"]
    for row in PUBLISHED["drugs"]:
        assert "source" not in row
        assert any(name.startswith(("week_", "lesions_")) for name in row)
