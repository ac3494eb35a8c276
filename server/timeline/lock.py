"""The lock under which a timeline's rows are written and stamped."""

from sqlalchemy import select

from server.foundation import db
from server.foundation.http.errors import Problem
from server.timeline.models import Timeline


class TimelineErased(Problem):
    """The timeline was erased while the request was under way."""

    status = 410
    code = "erased"
    detail = "This timeline was erased, and nothing can be stored in it any more."


def locked(timeline_id: str) -> Timeline:
    """Return the timeline, its `seq` true until the transaction ends: nobody else writes to it meanwhile.

    Inside `db.write` only. On SQLite that has locked the whole file already. On PostgreSQL what refers to the timeline
    may still be written, as the log of who read it, but not what takes this lock.

    Raises:
        TimelineErased: it was there when the request was let in, and is not any more.
    """
    query = select(Timeline).filter_by(id=timeline_id).with_for_update(of=Timeline, key_share=True)
    timeline = db.session().scalar(query.execution_options(populate_existing=True))
    if timeline is None:
        raise TimelineErased
    return timeline
