"""The database keeps what it acknowledged, and writers never lose each other's work."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text

from server import db
from server.accounts.models import User
from server.accounts.services import create_account, user_by_email
from server.timeline.models import Timeline

ACCOUNT = ("kim@example.org", "Kim", "long enough to be one", "patient", date(1990, 1, 1), "NO")


@pytest.mark.parametrize(("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)])
def test_sqlite_is_durable_and_checks_references(app, pragma, value):
    with app.app_context():
        assert db.session().scalar(text(f"PRAGMA {pragma}")) == value


def test_what_fails_half_way_is_not_written(app):
    with app.app_context():
        with pytest.raises(RuntimeError), db.write():
            create_account(*ACCOUNT)
            raise RuntimeError("power cut")
        assert user_by_email(ACCOUNT[0]) is None


def test_a_write_inside_another_is_part_of_it(app):
    with app.app_context():
        with db.write(), db.write():
            create_account(*ACCOUNT)
        assert user_by_email(ACCOUNT[0]) is not None


def test_concurrent_writers_lose_nothing(app):
    with app.app_context():
        create_account(*ACCOUNT)

    def count(_):
        with app.app_context(), db.write() as session:
            session.query(Timeline).one().next_rev()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(count, range(80)))
    with app.app_context():
        assert db.session().query(Timeline).one().seq == 80


def test_instants_come_back_in_utc(app, clock):
    with app.app_context():
        create_account(*ACCOUNT)
        assert db.session().query(User).one().created_at == clock.now()
        assert db.session().query(User).one().created_at.tzinfo is UTC


def test_an_instant_without_its_offset_is_refused(app):
    with pytest.raises(ValueError, match="offset"):
        db.UtcDateTime().process_bind_param(datetime(2026, 1, 1), None)
