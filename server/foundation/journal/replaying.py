"""What each event means on a restored database: the subject that records it registers how it is done again."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from server.foundation.journal.entries import Entry, Event

Replay = Callable[[], int]
"""Does again what the journal knows of its events, and returns how much of it was not done any more."""

R = TypeVar("R", bound=Replay)

REPLAYS: dict[Event, Replay] = {}
_IDS_AT_ONCE = 500


def replays(*events: Event) -> Callable[[R], R]:
    """Register a function as the replay of `events`, which one subject alone has."""

    def register(replay: R) -> R:
        if taken := [event for event in events if event in REPLAYS]:
            raise ValueError(f"{taken[0]} has a replay already")
        REPLAYS.update(dict.fromkeys(events, replay))
        return replay

    return register


def ids_in_parts(entries: Sequence[Entry]) -> Iterator[Sequence[str]]:
    """Yield the ids of entries, so many at a time as one statement takes."""
    for start in range(0, len(entries), _IDS_AT_ONCE):
        yield [entry.id for entry in entries[start : start + _IDS_AT_ONCE]]
