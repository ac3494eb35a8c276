"""The database keeps what it acknowledged, and writers never lose each other's work."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest

from server.foundation import db
from server.people.accounts.account import create_account, user_by_email
from server.people.accounts.models import User
from server.timeline.lock import locked
from server.timeline.models import Timeline
from server.timeline.signing_up import sign_up

ACCOUNT = ("kim@example.org", "Kim", "long enough to be one", "patient", date(1990, 1, 1), "NO")

pytestmark = pytest.mark.both_databases


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
        sign_up(*ACCOUNT)
        timeline_id = db.session().query(Timeline).one().id

    def count(_):
        with app.app_context(), db.write(under_lock=True):
            locked(timeline_id).next_rev()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(count, range(80)))
    with app.app_context():
        assert db.session().query(Timeline).one().seq == 80


def test_what_was_read_stays_usable_when_its_transaction_ends(app):
    with app.app_context():
        create_account(*ACCOUNT)
        user = user_by_email(ACCOUNT[0])
        db.release()
        assert not db.session().in_transaction()
        assert user.name == "Kim"
        assert not db.session().in_transaction()


def test_a_write_is_not_ended_by_a_release_inside_it(app):
    with app.app_context():
        with pytest.raises(RuntimeError), db.write():
            create_account(*ACCOUNT)
            db.release()
            raise RuntimeError("power cut")
        assert user_by_email(ACCOUNT[0]) is None


def test_instants_come_back_in_utc(app, clock):
    with app.app_context():
        create_account(*ACCOUNT)
        assert db.session().query(User).one().created_at == clock.now()
        assert db.session().query(User).one().created_at.tzinfo is UTC


def test_an_instant_without_its_offset_is_refused(app):
    with pytest.raises(ValueError, match="offset"):
        db.UtcDateTime().process_bind_param(datetime(2026, 1, 1), None)
