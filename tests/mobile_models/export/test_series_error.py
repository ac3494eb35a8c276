"""The error that a bundle's series take for granted."""

import pytest

from mobile_models.export.manifest import tables
from mobile_models.tables import change_table

OURS = change_table()["sem"]


@pytest.mark.parametrize(
    ("rounded", "expected", "ships"),
    [(0.9, 0.7, 0.9), (0.7, 0.9, 0.9), (0.1, 0.1, OURS), (0.9, None, 0.9)],
    ids=["of rounded counts", "of expected counts", "never below the table", "no repeats"],
)
def test_it_is_never_below_what_was_measured(rounded, expected, ships):
    measured = {} if expected is None else {"inflammatory": {"value": rounded, "of_expected": expected}}
    assert tables({"mdc": {"sem": {"inflammatory": rounded}, "interval": measured}})["change"]["sem"] == ships
