"""Rows that the server itself adds to a timeline, by the rules that a client's rows follow."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from server.sync.batch import Batch
from server.sync.part import Part
from server.sync.tables import TABLES
from server.timeline.models import Timeline


def append(session: Session, timeline: Timeline, table_name: str, record: Mapping[str, Any]) -> None:
    """Create a row of a locked timeline, with its own place in the log; the same row again changes nothing.

    Raises:
        Rejected: it may not be written; which kind says why.
    """
    part = Part(next(table for table in TABLES if table.name == table_name), [record], ())
    batch = Batch(session, timeline, None, timeline.seq)
    part.fetch(batch)
    part.write(batch)
    for _, reason in part.refused:
        raise reason
    batch.flush()
