"""Phones whose apps are of different ages, updated on the way: a short slice of `python -m tests.soak.versions`."""

import random

import pytest

from server.sync import part
from server.sync.batch import Batch
from server.sync.migration import Migration
from server.sync.reading import values_of
from tests.soak.versions import Account

pytestmark = pytest.mark.slow

STEPS = 60
SERIES_UNTIL_FOUND = 6


def sends(person):
    def send(method, path, body):
        answer = person.call(method, f"{person.timeline}{path}", json=body)
        assert answer.status_code == 200, answer.json
        return answer.json

    return send


@pytest.fixture
def account(person):
    """Makes an account of six phones and what happens on it, by a seed."""

    def make(seed):
        patient = person("patient")
        phones = [sends(patient.on_another_device()) for _ in range(6)]
        return Account(phones, sends(patient), random.Random(seed))

    return make


@pytest.mark.both_databases
def test_nothing_is_lost_erased_or_missed_among_apps_of_different_ages(account):
    ran = account(seed=0)
    ran.run(STEPS)
    assert ran.counts["writes arrived"] and ran.counts["updates"] and ran.counts["rows"]


def absent_is_null(patch):
    def erased(table, record):
        return {**table.blank, **values_of(table, record)}

    patch.setattr(part, "values_of", erased)


def nothing_is_sent_again(patch):
    patch.setattr(Migration, "skipped", lambda migration, tables: ())


def a_conflict_is_overwritten(patch):
    patch.setattr(Batch, "refuse_overwriting", lambda *arguments: None)


@pytest.mark.parametrize("fault", [absent_is_null, nothing_is_sent_again, a_conflict_is_overwritten])
def test_it_finds(fault, account, monkeypatch):
    fault(monkeypatch)
    for seed in range(SERIES_UNTIL_FOUND):
        try:
            account(seed).run(STEPS)
        except AssertionError:
            return
    pytest.fail(f"not found in {SERIES_UNTIL_FOUND} series of {STEPS} steps")
