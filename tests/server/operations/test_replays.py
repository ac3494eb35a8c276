"""A restore does again everything that the journal records."""

from typing import get_args

import pytest

from server.foundation.journal.entries import Event
from server.foundation.journal.replaying import REPLAYS, replays
from server.operations import replay


def test_every_event_has_a_replay_in_a_module_that_a_restore_imports() -> None:
    assert set(REPLAYS) == set(get_args(Event))
    assert {function.__module__ for function in REPLAYS.values()} == {module.__name__ for module in replay.REPLAYING}


@pytest.mark.parametrize("event", get_args(Event))
def test_an_event_has_one_replay_only(event: Event) -> None:
    replay_of_event = REPLAYS[event]
    with pytest.raises(ValueError, match=f"{event} has a replay already"):
        replays(event)(lambda: 0)
    assert REPLAYS[event] is replay_of_event


def test_a_function_that_replays_a_taken_event_is_registered_for_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(REPLAYS, "restored")
    with pytest.raises(ValueError, match="deleted has a replay already"):
        replays("restored", "deleted")(lambda: 0)
    assert "restored" not in REPLAYS
