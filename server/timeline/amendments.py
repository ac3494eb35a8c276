"""Amendments: a row that is never changed is corrected by a new one that names it.

A row and all that amend it, directly or by way of each other, are the versions of one record. Several devices may
amend the same row without knowing of each other: all of these are kept, and of those that none amends the one written
last stands for the record.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

Pair = tuple[str, str]
"""The id of an amendment, and of the row that it amends."""


class Versions:
    """The records of one table that have several versions."""

    def __init__(self, written: Iterable[Pair]) -> None:
        """Take the living amendments in the order in which they were written."""
        self._written = list(written)
        self._beside: dict[str, list[str]] = defaultdict(list)
        for amendment, amended in self._written:
            self._beside[amendment].append(amended)
            self._beside[amended].append(amendment)

    def of(self, row_id: str) -> set[str]:
        """Return the ids of all versions of the record that a row is a version of, its own among them."""
        versions, waiting = {row_id}, [row_id]
        while waiting:
            beside = [each for each in self._beside.get(waiting.pop(), ()) if each not in versions]
            versions.update(beside)
            waiting += beside
        return versions

    def standing(self) -> Mapping[str, str]:
        """Return, for each row that is one of several versions, the id of the one that stands."""
        amended = {each for _, each in self._written}
        stands: dict[str, str] = {}
        for amendment, _ in self._written:
            if amendment not in amended:
                stands.update(dict.fromkeys(self.of(amendment), amendment))
        return stands
