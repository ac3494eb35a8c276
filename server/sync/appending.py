"""Rows that the server itself adds to a timeline, by the rules that a client's rows follow."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from server.sync.batch import Batch
from server.sync.reading import values_of
from server.sync.tables import TABLES
from server.sync.writing import write
from server.timeline.models import Timeline, Visit


def append(session: Session, timeline: Timeline, table_name: str, record: Mapping[str, Any]) -> None:
    """Create a row of a locked timeline, with its own place in the log; the same row again changes nothing.

    Raises:
        Rejected: it may not be written; which kind says why.
    """
    table = next(table for table in TABLES if table.name == table_name)
    values = values_of(table, record)
    batch = Batch(session, timeline, None, timeline.seq)
    batch.fetch(table.model, [values["id"]])
    batch.fetch(Visit, [values["visit_id"]] if "visit_id" in values else [])
    write(batch, table, values)
