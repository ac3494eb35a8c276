"""Following the chains of access logs in the database, to find where one was tampered with."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import exists, select, union
from sqlalchemy.orm import Session

from server.sharing.accesses.chain import Head, Link, first_break
from server.sharing.accesses.models import AccessLink, Read
from server.timeline.models import Timeline

LINKS_AT_ONCE = 1000


@dataclass(frozen=True)
class Verified:
    """One timeline's log: how many entries its chain has, and what is wrong with it, if anything."""

    timeline_id: str
    count: int
    broken: str | None


def logged_timelines(session: Session) -> list[str]:
    """Return every timeline, and every other id that an access log is kept for."""
    ids = union(select(Timeline.id), select(AccessLink.timeline_id), select(Read.timeline_id))
    return sorted(session.scalars(ids))


def verify(session: Session, timeline_id: str, noted_head: Head | None = None) -> Verified:
    """Follow one timeline's chain from its start; `noted_head` is one that its patient's phone has seen."""
    count = 0

    def links() -> Iterator[Link]:
        nonlocal count
        columns = select(AccessLink.n, AccessLink.entry_id, AccessLink.hash).filter_by(timeline_id=timeline_id)
        options = {"yield_per": LINKS_AT_ONCE}
        with session.execute(columns.order_by(AccessLink.n), execution_options=options) as rows:
            for row in rows:
                count += 1
                yield Link(*row)

    place = first_break(timeline_id, links(), noted_head)
    broken = f"entry {place.n} {place.reason}" if place else _unchained(session, timeline_id)
    return Verified(timeline_id, count, broken)


def _unchained(session: Session, timeline_id: str) -> str | None:
    """Return what is wrong with a reading that the chain does not know, None where there is none."""
    linked = exists().where(AccessLink.entry_id == Read.id, AccessLink.timeline_id == Read.timeline_id)
    stray = session.scalar(select(Read.id).filter_by(timeline_id=timeline_id).where(~linked).order_by(Read.id).limit(1))
    return None if stray is None else f"reading {stray} is not in the chain: it was slipped in"
