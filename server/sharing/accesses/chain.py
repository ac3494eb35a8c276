"""The chain that binds the entries of a timeline's access log to their order.

Entry n has a random id, and `hash = SHA-256(previous hash "/" timeline id "/" n "/" entry id)`: the ASCII text,
hashes as 64 lower-case hexadecimal digits, n in decimal, the hash before the first entry 64 zeros. Nothing of
who read what goes in, so that erasing that leaves a chain that can still be followed. Only arithmetic: a phone
that kept a head finds with it whether entries behind that head were changed, removed or slipped in.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

START = "0" * 64


@dataclass(frozen=True)
class Link:
    """One entry's place in the chain; `n` counts from 1."""

    n: int
    entry_id: str
    hash: str


@dataclass(frozen=True)
class Head:
    """How many entries a log has, and the hash of the last."""

    count: int = 0
    hash: str = START

    def __str__(self) -> str:
        return f"{self.count}:{self.hash}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the head that `str` wrote.

        Raises:
            ValueError: it is none.
        """
        if not re.fullmatch("[0-9]{1,10}:[0-9a-f]{64}", text):
            raise ValueError(f"{text!r} is no head of an access log; one is COUNT:HASH, as in Acnetrack-Access-Log")
        count, digits = text.split(":")
        return cls(int(count), digits)


@dataclass(frozen=True)
class Break:
    """The first place where a log is not what it was; `n` is the entry, `reason` says what is wrong there."""

    n: int
    reason: str


def next_link(timeline_id: str, head: Head, entry_id: str) -> Link:
    """Return the link that appends an entry to the log with this head."""
    n = head.count + 1
    return Link(n, entry_id, hashlib.sha256(f"{head.hash}/{timeline_id}/{n}/{entry_id}".encode()).hexdigest())


def first_break(
    timeline_id: str, links: Iterable[Link], noted_head: Head | None = None, start: Head | None = None
) -> Break | None:
    """Return the first place where a log is broken, None where it is whole.

    `links` are in order and follow `start`, by default the empty log. `noted_head` is one that somebody noted
    earlier: without one, a log that was cut at its end, or made anew from some entry on, looks whole.
    """
    at = start or Head()
    for link in links:
        if link.n != at.count + 1:
            return Break(at.count + 1, "is missing")
        if link != next_link(timeline_id, at, link.entry_id):
            return Break(link.n, "does not follow from those before it: it was changed, or slipped in")
        at = Head(link.n, link.hash)
        if noted_head is not None and noted_head.count == at.count and noted_head != at:
            return Break(at.count, "is not the one that was seen: the log was written anew, from here or before")
    if noted_head is not None and noted_head.count > at.count:
        return Break(at.count + 1, f"is missing: the log was cut, {noted_head.count} entries were seen")
    return None
