"""What must hold once the server is quiet: all that was acknowledged is there, once, and whole."""

import io
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from typing import Any

from PIL import Image, ImageChops
from sqlalchemy import make_url, select

from server.foundation import db
from server.sync.tables import TABLES
from server.timeline.models import Timeline
from tests.phone import Phone, Replica, picture
from tests.postgresql import PostgreSQL
from tests.soak.patients import Books


def check_timeline(phone: Phone, books: Iterable[Books], watched: Replica) -> None:
    """Compare what several devices of one person were promised with what a new phone and an old one have."""
    pulled = phone.pull_all()
    rows = {key: row for each in books for key, row in each.rows.items()}
    deleted = {key for each in books for key in each.deleted}
    lost = sorted(key for key, row in rows.items() if not row.items() <= pulled.rows.get(key, {}).items())
    assert not lost, f"acknowledged and lost: {lost[:5]} of {len(lost)}"
    more = sorted(pulled.rows.keys() - rows.keys())
    assert not more, f"never acknowledged: {more[:5]} of {len(more)}"
    assert deleted <= pulled.deleted, "acknowledged deletions are undone"
    assert (watched.rows, watched.deleted) == (pulled.rows, pulled.deleted), "a phone that pulled meanwhile differs"
    for each in books:
        for photo_id, seed in each.photos.items():
            check_photo(phone, photo_id, seed)


def check_photo(phone: Phone, photo_id: str, seed: int) -> None:
    """Compare a stored photo's pixels with those of the picture that was uploaded."""
    status, _, data = phone.send("GET", f"{phone.timeline}/photos/{photo_id}")
    assert status == 200, f"acknowledged and lost: photo {photo_id}"
    stored, sent = Image.open(io.BytesIO(data)), Image.open(io.BytesIO(picture(seed)))
    assert ImageChops.difference(stored, sent).getbbox() is None, f"damaged: photo {photo_id}"


def check_log(database_url: str) -> int:
    """Check that no two rows of a timeline have one place in its log, and return how many rows there are."""
    engine, count = db.connect(database_url), 0
    with engine.connect() as connection:
        for timeline_id, seq in connection.execute(select(Timeline.id, Timeline.seq)).all():
            queries: list[Any] = [select(t.model.rev).where(t.model.timeline_id == timeline_id) for t in TABLES]
            revs = [rev for query in queries for rev in connection.scalars(query)]
            assert len(revs) == len(set(revs)), "two rows have one rev"
            assert max(revs, default=0) <= seq, "a row is ahead of its timeline"
            count += len(revs)
    engine.dispose()
    return count


def check_database(database_url: str, postgresql: PostgreSQL | None) -> None:
    """Let the database check itself: its pages, its indexes and the references between rows."""
    if postgresql is not None:
        postgresql.check(str(make_url(database_url).database))
        return
    with closing(sqlite3.connect(database_url.removeprefix("sqlite:///"))) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
