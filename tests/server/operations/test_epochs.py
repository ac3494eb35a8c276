"""No cursor of a past that was undone is ever valid again, whatever was shared, backed up and restored, and when."""

import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.application.factory import create_app
from server.foundation import db
from server.foundation.config import Config
from server.operations.replay import replay
from server.people.accounts.models import User
from server.sharing.grants.access import accesses_of
from server.sharing.grants.granting import grant_by_email, revoke
from server.timeline.models import Timeline
from tests.server.conftest import SetClock

STEPS = st.one_of(
    st.tuples(st.just("share"), st.sampled_from(["records", "photos"]), st.integers(0, 1)),
    st.tuples(st.just("revoke"), st.integers(0, 1)),
    st.tuples(st.just("back up")),
    st.tuples(st.just("restore"), st.integers(0, 3)),
    st.tuples(st.just("wait"), st.sampled_from([1, 59, 61, 600])),
)


class World:
    """One server with a patient and two dermatologists, its backups, and every epoch that it has handed out.

    A life ends with each restore; an epoch handed out in one life and in another to the same caller is a repetition.
    """

    def __init__(self, folder: Path, empty: Path) -> None:
        self.folder, self.clock = folder, SetClock()
        self.path, self.backups = folder / "acnetrack.db", []
        shutil.copy(empty, self.path)
        self.handed_out: dict[tuple[str, int], int] = {}
        self.life = 0
        self.app = create_app(Config(database_url=f"sqlite:///{self.path}", photo_dir=folder / "photos"), self.clock)
        with self.app.app_context(), db.write() as session:
            people = [("p", "patient"), ("d0", "dermatologist"), ("d1", "dermatologist")]
            for name, role in people:
                made = {"id": name * 4, "email": f"{name}@example.org", "name": name, "role": role}
                session.add(User(**made, password_hash="x", created_at=self.clock.now()))
            session.flush()
            session.add(Timeline(id="t" * 32, patient_id="pppp", created_at=self.clock.now()))
        self.back_up()

    def back_up(self) -> None:
        copy = self.folder / f"{len(self.backups)}.db"
        with closing(sqlite3.connect(self.path)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
        self.backups.append(copy)

    def restore(self, which: int) -> None:
        self.app.extensions["acnetrack.engine"].dispose()
        for path in self.folder.glob("acnetrack.db-*"):
            path.unlink()
        shutil.copy(self.backups[which % len(self.backups)], self.path)
        with self.app.app_context():
            replay()
        self.life += 1

    def do(self, step: tuple) -> None:
        match step:
            case ("back up",):
                self.back_up()
            case ("restore", which):
                self.restore(which)
            case ("wait", minutes):
                self.clock.instant += timedelta(minutes=minutes)
            case ("share", scope, who):
                with self.app.app_context():
                    grant_by_email(db.session().get(User, "pppp"), "t" * 32, f"d{who}@example.org", scope)
            case ("revoke", who):
                with self.app.app_context():
                    for access in accesses_of(db.session().get(User, f"d{who}" * 4)):
                        revoke(db.session().get(User, "pppp"), "t" * 32, access.grant.id)
        self.look()

    def look(self) -> None:
        """Let everybody pull: note which epoch each of them is given."""
        with self.app.app_context():
            for caller in ("pppp", "d0d0d0d0", "d1d1d1d1"):
                for access in accesses_of(db.session().get(User, caller)):
                    seen_in = self.handed_out.setdefault((caller, access.epoch), self.life)
                    assert seen_in == self.life, f"{caller} was given {access.epoch} in life {seen_in} before"


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, min_size=4, max_size=14))
def test_no_caller_is_ever_given_an_epoch_of_a_past_that_was_undone(tmp_path_factory, migrated, steps):
    world = World(tmp_path_factory.mktemp("world"), migrated)
    try:
        world.look()
        for step in steps:
            world.do(step)
    finally:
        for name in ("acnetrack.engine", "acnetrack.journal"):
            world.app.extensions[name].dispose()
        shutil.rmtree(world.folder)


def test_a_grant_of_many_changes_and_one_of_few_never_meet(tmp_path, migrated):
    """The case that needs more than the rule for a timeline alone: the backups differ in their grants."""
    world = World(tmp_path, migrated)
    world.do(("share", "records", 0))
    world.do(("back up",))
    for scope in ("photos", "records", "photos"):
        world.do(("share", scope, 0))
    world.do(("back up",))
    for step in [("restore", 2), ("restore", 1), ("share", "photos", 0), ("share", "records", 0), ("restore", 1)]:
        world.do(step)
    for scope in ("photos", "records", "photos", "records"):
        world.do(("share", scope, 0))
    world.app.extensions["acnetrack.engine"].dispose()
