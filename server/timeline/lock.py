"""The lock under which a timeline's rows are written and stamped."""

from sqlalchemy import select

from server import db
from server.timeline.models import Timeline


def locked(timeline_id: str) -> Timeline:
    """Return the timeline, its `seq` true until the transaction ends: nobody else writes to it meanwhile.

    Inside `db.write` only. On SQLite that has locked the whole file already.
    """
    query = select(Timeline).filter_by(id=timeline_id).with_for_update(of=Timeline)
    return db.session().scalars(query.execution_options(populate_existing=True)).one()
