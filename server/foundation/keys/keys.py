"""Who keeps patients' keys."""

from collections.abc import Callable
from typing import Protocol, cast

from flask import current_app

Told = Callable[[int, int], None]
"""Is told how many keys are done, and of how many."""


class KeyRing(Protocol):
    """A place that keeps one key a timeline: 256 random bits that never leave the server in the clear."""

    def key_of(self, timeline_id: str) -> bytes:
        """Return the timeline's key, made on first use; on return it is kept for good.

        Raises:
            KeyShredded, WrongMasterKey, KeyDamaged: there was one, and it cannot be had.
        """
        ...

    def existing_key_of(self, timeline_id: str) -> bytes:
        """Return the timeline's key, which something was encrypted with before.

        Raises:
            KeyLost: there is none; else as `key_of`.
        """
        ...

    def shred(self, timeline_id: str) -> None:
        """Destroy the timeline's key, at once and for good; it never gets another."""
        ...

    def rotate(self, progress: Told = lambda done, total: None) -> int:
        """Wrap every key under the newest master key and return how many were under another.

        Stopped at any moment, every key can be read, and the next run goes on.

        Raises:
            WrongMasterKey, KeyDamaged: a key cannot be read; those before it are done.
        """
        ...


def key_ring() -> KeyRing:
    """Return the running application's key ring."""
    return cast(KeyRing, current_app.extensions["acnetrack.keys"])
