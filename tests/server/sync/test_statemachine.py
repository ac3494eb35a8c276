"""Phones, people, networks and operators do things at random; whatever they do, the same promises are kept.

The steps are the same in each run of the tests; `python -m tests.soak.statemachine` takes others, and many more.
"""

import logging

import pytest

from tests.server.sync.model.ledger import Violation
from tests.server.sync.model.mutations import MUTATIONS
from tests.server.sync.model.running import run
from tests.server.sync.model.site import PostgreSQLDatabase, Site, SqliteFile
from tests.server.sync.model.wire import FlaskWire, ServiceWire

pytestmark = pytest.mark.slow

WIRES = {"services": lambda site: ServiceWire(site.app), "http": lambda site: FlaskWire(site.app)}
STEPS = [
    ("sqlite", "services", 900),
    ("sqlite", "http", 500),
    ("postgresql", "services", 300),
    ("postgresql", "http", 300),
]
STEPS_UNTIL_FOUND, SERIES_UNTIL_FOUND = 2000, 3
SEEDS = {
    "a_late_push_counts_as_the_newest": 8,
    "own_records_come_as_created": 10,
    "tombstones_of_parts_are_skipped": 2,
    "a_deleted_visit_leaves_its_parts": 2,
    "a_global_sequence_commits_out_of_order": 2,
    "a_restore_replays_no_journal": 9,
    "a_widened_grant_has_no_epoch": 1,
    "a_grant_is_remembered": 6,
}
"""Of each mutation the series of steps that finds it soon; without one, the first."""


@pytest.fixture(autouse=True)
def quiet():
    """Without a log line for each of thousands of requests."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def site(request, tmp_path):
    if getattr(request, "param", "sqlite") == "sqlite":
        return Site(SqliteFile(tmp_path), tmp_path)
    return Site(PostgreSQLDatabase(request.getfixturevalue("postgresql")), tmp_path)


@pytest.mark.parametrize(("site", "wire", "steps"), STEPS, indirect=["site"])
def test_whatever_happens_nothing_is_lost_nothing_comes_back_and_all_agree(site, wire, steps, capsys):
    ran = run(site, WIRES[wire], steps)
    with capsys.disabled():
        print(f" {ran} steps", end="")
    assert ran >= steps


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.__name__)
def test_the_machine_finds(mutation, site, monkeypatch):
    site.start()
    mutation(monkeypatch, site)
    site.remember_beginning()
    first = SEEDS.get(mutation.__name__, 0)
    for number in range(first, first + SERIES_UNTIL_FOUND):
        try:
            run(site, WIRES["services"], STEPS_UNTIL_FOUND, number, shrink=False)
        except Violation:
            return
    pytest.fail(f"not found in {SERIES_UNTIL_FOUND} series of {STEPS_UNTIL_FOUND} steps")


@pytest.mark.parametrize("wire", WIRES)
def test_a_phone_that_is_signed_out_is_told_so_when_it_sends_a_photo(site, wire):
    site.start()
    for answer in (
        WIRES[wire](site).put_photo("revoked", "timeline", "photo-0001", b"x"),
        WIRES[wire](site).get_photo("revoked", "timeline", "photo-0001"),
    ):
        assert (answer.status, answer.body["code"]) == (401, "unauthenticated")


def test_making_the_way_to_what_was_found_shorter_ends(site, monkeypatch):
    site.start()
    next(each for each in MUTATIONS if each.__name__ == "a_widened_grant_has_no_epoch")(monkeypatch, site)
    site.remember_beginning()
    monkeypatch.setattr("tests.server.sync.model.running.SHRINK_SECONDS", 0)
    with pytest.raises(Violation):
        run(site, WIRES["services"], STEPS_UNTIL_FOUND, SEEDS["a_widened_grant_has_no_epoch"])
