"""Reading a timeline's log: the rows written after a place in it, a bounded number of them, in order of writing.

One statement finds where the page ends and which tables are in it; then each of these is read once. Rows are plain
values all the way: a first pull is tens of thousands of them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, Subquery, bindparam, case, func, literal, select, union_all

from server.foundation import db
from server.sync.tables import Table

PAGE_BYTES = 8 * 2**20
"""Where a page ends though its limit is not reached: assessments can be long, and a page is held in memory whole."""

SHORT_ROW_BYTES = 200


@dataclass(frozen=True)
class Slice:
    """Consecutive rows of the log; `until` is the `rev` of the last of them where there are more, else None."""

    tables: Sequence[Table]
    until: int | None
    timeline_id: str
    since: int
    head: int

    def rows(self, table: Table) -> Iterator[tuple[bool, dict[str, Any]]]:
        """Yield each row of a table as clients see it, oldest write first, and whether it is deleted.

        A deleted one is its id and nothing else.
        """
        place = {"timeline": self.timeline_id, "since": self.since, "until": self.until or self.head}
        columns, dated = table.columns, table.dated
        for row in db.session().execute(_rows(table), place).all():
            if row[-1]:
                yield True, {"id": row[0]}
            else:
                yield False, dated(dict(zip(columns, row, strict=False)))


def read(timeline_id: str, tables: tuple[Table, ...], since: int, head: int, limit: int) -> Slice:
    """Return at most `limit` rows of these tables with since < rev ≤ head, and no more than `PAGE_BYTES` or one row."""
    if since == head or not tables:
        return Slice((), None, timeline_id, since, head)
    place = {"timeline": timeline_id, "since": since, "until": head, "limit": limit, "one_more": limit + 1}
    ends = db.session().execute(_ends(tables), place).all()
    until = max(last for _, last, _ in ends if last is not None) if any(over for _, _, over in ends) else None
    return Slice([tables[kind] for kind, last, _ in ends if last is not None], until, timeline_id, since, head)


@lru_cache
def _ends(tables: tuple[Table, ...]) -> Select[Any]:
    """Return for each table of a page the last of its revs there, null for none, and how many rows it has beyond."""
    written = union_all(*(select(_nearest(kind, table)) for kind, table in enumerate(tables))).subquery()
    nearest = select(written).order_by(written.c.rev).limit(bindparam("one_more")).subquery()
    counted = select(
        nearest.c.kind,
        nearest.c.rev,
        (func.row_number().over(order_by=nearest.c.rev) <= bindparam("limit")).label("within"),
        (func.sum(nearest.c.size).over(order_by=nearest.c.rev) - nearest.c.size < PAGE_BYTES).label("small"),
    ).subquery()
    here = counted.c.within & counted.c.small
    last, over = func.max(case((here, counted.c.rev))), func.sum(case((here, 0), else_=1))
    return select(counted.c.kind, last, over).group_by(counted.c.kind).order_by(counted.c.kind)


def _nearest(kind: int, table: Table) -> Subquery:
    """Return no more of a table than a page can need, so that neither database sorts a whole timeline for it."""
    columns = table.stored.c
    size = func.coalesce(func.length(columns[table.long]), 0) if table.long else literal(SHORT_ROW_BYTES)
    place = columns.timeline_id == bindparam("timeline"), columns.rev > bindparam("since")
    rows = select(literal(kind).label("kind"), columns.rev, size.label("size")).where(*place)
    return rows.where(columns.rev <= bindparam("until")).order_by(columns.rev).limit(bindparam("one_more")).subquery()


@lru_cache
def _rows(table: Table) -> Select[Any]:
    columns = table.stored.c
    place = columns.timeline_id == bindparam("timeline"), columns.rev > bindparam("since")
    wire = [columns[name] for name in table.columns]
    return select(*wire, columns.deleted).where(*place, columns.rev <= bindparam("until")).order_by(columns.rev)
