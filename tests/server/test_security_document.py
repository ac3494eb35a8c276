"""`server/SECURITY.md` names no defence without the test that proves it, and no test that is not there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEST = re.compile(r"`(tests/[^`]+\.py)::(test_\w+)`")
ROWS = [line for line in (ROOT / "server" / "SECURITY.md").read_text().splitlines() if line.startswith("| ")][2:]


def test_the_table_is_found():
    assert len(ROWS) >= 20


@pytest.mark.parametrize("row", ROWS, ids=[row[2:40] for row in ROWS])
def test_each_defence_is_proven_by_tests_that_exist(row):
    _, who, how, proof, _ = (cell.strip() for cell in row.split("|"))
    assert who and how
    named = TEST.findall(proof)
    assert named
    assert not TEST.sub("", proof).strip(), "only tests are proof"
    for path, name in named:
        assert f"def {name}(" in (ROOT / path).read_text(), f"{path}::{name}"
