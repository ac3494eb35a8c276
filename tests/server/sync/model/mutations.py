"""Bugs that servers and clients of such systems have had, planted one at a time: the machine has to find each."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import current_app
from sqlalchemy import select, text, update

from server.foundation import clock, db
from server.foundation.journal.replaying import REPLAYS
from server.operations import epochs
from server.operations import restore as restoring
from server.operations.replay import Replayed
from server.people.credentials import devices
from server.sharing.grants import access as sharing
from server.sharing.grants.access import Access
from server.sharing.grants.models import Grant
from server.sync import as_caller as services
from server.sync import deleting, part, pull
from server.sync import push as pushing
from server.sync.batch import Batch
from server.sync.tables import TABLES, Kind
from server.sync.verdict import Conflict, Invalid
from server.timeline.models import Timeline
from tests.server.sync.model import machine
from tests.server.sync.model.clinic import Clinic, Phone
from tests.server.sync.model.replica import Push, Replica
from tests.server.sync.model.site import START, Site
from tests.server.sync.model.wire import Answer, ServiceWire

Patch = pytest.MonkeyPatch


def own_records_come_as_created(patch: Patch, site: Site) -> None:
    def pulled(*arguments: Any) -> Any:
        page = pull.pull(*arguments)
        changes = {
            name: {"created": kinds["updated"], "updated": [], "deleted": kinds["deleted"]}
            for name, kinds in page.changes.items()
        }
        return replace(page, changes=changes)

    patch.setattr(services, "pull", pulled)


def the_wall_clock_is_the_cursor(patch: Patch, site: Site) -> None:
    allow_equal_revs(site)

    def next_rev(timeline: Timeline) -> int:
        timeline.seq = max(timeline.seq, 1 + int((clock.now() - START).total_seconds()))
        return timeline.seq

    patch.setattr(Timeline, "next_rev", next_rev)


def one_rev_for_a_whole_push(patch: Patch, site: Site) -> None:
    allow_equal_revs(site)
    stamp = Batch.stamp

    def stamp_alike(batch: Batch, *arguments: Any, **named: Any) -> None:
        before = batch.timeline.seq
        stamp(batch, *arguments, **named)
        first = batch.__dict__.setdefault("first", batch.timeline.seq)
        batch.timeline.seq = max(before, first)
        next(reversed(batch._stamped.values()))["rev"] = first

    patch.setattr(Batch, "stamp", stamp_alike)


def a_late_push_counts_as_the_newest(patch: Patch, site: Site) -> None:
    patch.setattr(pushing, "_note_push", lambda *_arguments: False)


def tombstones_of_parts_are_skipped(patch: Patch, site: Site) -> None:
    def pulled(*arguments: Any) -> Any:
        page = pull.pull(*arguments)
        changes = {name: {**kinds, "deleted": kinds["deleted"]} for name, kinds in page.changes.items()}
        for kinds in (changes[name] for name in ("photos", "assessments") if name in changes):
            kinds["deleted"] = []
        return replace(page, changes=changes)

    patch.setattr(services, "pull", pulled)


def a_deleted_visit_leaves_its_parts(patch: Patch, site: Site) -> None:
    patch.setattr(deleting, "PARTS_OF_VISIT", ())


def a_global_sequence_commits_out_of_order(patch: Patch, site: Site) -> None:
    """A slow request has taken its numbers before it is committed, and others are committed meanwhile."""
    allow_equal_revs(site)
    taken: dict[int, int] = {}
    push, send, stamp = machine.push, ServiceWire.push, Batch.stamp
    current: list[int] = []

    def begin(clinic: Clinic, phone: Phone, fate: str = "answered") -> Any:
        sent = push(clinic, phone, fate)
        if fate == "held up":
            timeline, count = clinic.site.timelines[phone.person], len(sent.push.records())
            with clinic.site.app.app_context(), db.write() as session:
                seq = session.scalar(select(Timeline.seq).filter_by(id=timeline))
                session.execute(update(Timeline).filter_by(id=timeline).values(seq=Timeline.seq + count))
            taken[id(sent.push.changes)] = seq
            clinic.observe(phone.person)
        return sent

    def arrive(wire: ServiceWire, token: str, timeline: str, changes: Any, cursor: int, number: int) -> Answer:
        current[:] = [taken.pop(id(changes))] if id(changes) in taken else []
        return send(wire, token, timeline, changes, cursor, number)

    def stamp_early(batch: Batch, *arguments: Any, **named: Any) -> None:
        before = batch.timeline.seq
        stamp(batch, *arguments, **named)
        if current:
            current[0] += 1
            batch.timeline.seq = before
            next(reversed(batch._stamped.values()))["rev"] = current[0]

    patch.setattr(machine, "push", begin)
    patch.setattr(ServiceWire, "push", arrive)
    patch.setattr(Batch, "stamp", stamp_early)


def a_restore_keeps_the_epoch(patch: Patch, site: Site) -> None:
    renew_by(patch, lambda: 0)


def a_restore_counts_the_epoch_of_the_backup_up(patch: Patch, site: Site) -> None:
    def count_up() -> int:
        db.session().execute(update(Timeline).values(epoch=Timeline.epoch + 1))
        return 0

    renew_by(patch, count_up)


def a_restore_replays_no_journal(patch: Patch, site: Site) -> None:
    def only_renew() -> Replayed:
        with db.write():
            epochs.renew()
        return Replayed(0, 0, 0)

    patch.setattr(restoring, "replay", only_renew)


def a_grant_is_remembered(patch: Patch, site: Site) -> None:
    asked = sharing._active_grant
    known: dict[Any, str] = {}

    def remembered(user: Any, timeline_id: str) -> Any:
        key = id(current_app.extensions), user.id, timeline_id
        if key not in known:
            known[key] = asked(user, timeline_id).id
        return db.session().get_one(Grant, (timeline_id, known[key]))

    patch.setattr(sharing, "_active_grant", remembered)


def a_widened_grant_has_no_epoch(patch: Patch, site: Site) -> None:
    patch.setattr(Access, "epoch", property(lambda access: access.timeline.epoch))


def photos_come_to_whoever_reads(patch: Patch, site: Site) -> None:
    patch.setattr(pull, "tables_for", lambda access: TABLES)


def a_token_outlives_its_sign_out(patch: Patch, site: Site) -> None:
    patch.setattr(devices, "revoke_device", lambda user, device_id: None)


def the_later_clock_wins(patch: Patch, site: Site) -> None:
    """Of two changes the one with the later time of its phone stays, whoever has seen what."""
    times: dict[str, Any] = {}
    push, write = machine.push, part.write

    def push_with_time(clinic: Clinic, phone: Phone, fate: str = "answered") -> Any:
        times[phone.signed.device] = phone.now()
        return push(clinic, phone, fate)

    def write_if_later(batch: Batch, table: Any, values: Any) -> None:
        row, mine = batch.find(table, values["id"]), times.get(str(batch._device_id), START)
        if row is None or table.kind is not Kind.MUTABLE or times.get(str(row["device_id"]), START) <= mine:
            write(batch, table, values)

    patch.setattr(machine, "push", push_with_time)
    patch.setattr(part, "write", write_if_later)
    patch.setattr(Batch, "refuse_overwriting", lambda *arguments: None)


def nothing_is_a_conflict(patch: Patch, site: Site) -> None:
    patch.setattr(Batch, "refuse_overwriting", lambda *arguments: None)


def a_device_is_in_conflict_with_itself(patch: Patch, site: Site) -> None:
    def refuse(batch: Batch, table: Any, row: Any, _changed: Any = ()) -> None:
        if row["rev"] > batch._since:
            raise Conflict

    patch.setattr(Batch, "refuse_overwriting", refuse)


def a_bad_record_stops_its_table(patch: Patch, site: Site) -> None:
    write = part.Part.write

    def write_or_stop(mine: part.Part, batch: Batch) -> None:
        if mine._refused:
            mine._refused += [(values["id"], Invalid()) for values in mine._values]
        else:
            write(mine, batch)

    patch.setattr(part.Part, "write", write_or_stop)


def what_was_deleted_can_be_written(patch: Patch, site: Site) -> None:
    write = part.write

    def write_again(batch: Batch, table: Any, values: Any) -> None:
        row = batch.find(table, values["id"])
        if row is not None and row["deleted"]:
            batch.stamp(table, {**table.server_columns, **values})
        else:
            write(batch, table, values)

    patch.setattr(part, "write", write_again)


def a_client_adopts_the_cursor_of_its_push(patch: Patch, site: Site) -> None:
    push_from, pushed = services.push_from, Replica.pushed

    def push_and_tell(device: Any, timeline_id: str, *arguments: Any) -> dict[str, Any]:
        answer = push_from(device, timeline_id, *arguments)
        timeline = db.session().get_one(Timeline, timeline_id)
        return {**answer, "timestamp": timeline.epoch * 2**32 + timeline.seq}

    def adopt(replica: Replica, push: Push, answer: dict[str, Any]) -> None:
        pushed(replica, push, answer)
        replica.cursor = answer["timestamp"]

    patch.setattr(services, "push_from", push_and_tell)
    patch.setattr(Replica, "pushed", adopt)


def renew_by(patch: Patch, renewal: Callable[[], int]) -> None:
    """After a restore, give new epochs by this and not by what is registered for the events."""
    for event in [event for event, again in REPLAYS.items() if again is epochs.renew]:
        patch.setitem(REPLAYS, event, renewal)


def allow_equal_revs(site: Site) -> None:
    """Take away what the database itself has against two rows with one rev."""
    with site.engine.begin() as connection:
        for table in TABLES:
            connection.execute(text(f"DROP INDEX IF EXISTS ix_{table.name}_timeline_id_rev"))


MUTATIONS: tuple[Callable[[Patch, Site], None], ...] = (
    own_records_come_as_created,
    the_wall_clock_is_the_cursor,
    one_rev_for_a_whole_push,
    a_late_push_counts_as_the_newest,
    tombstones_of_parts_are_skipped,
    a_deleted_visit_leaves_its_parts,
    a_global_sequence_commits_out_of_order,
    a_client_adopts_the_cursor_of_its_push,
    a_restore_keeps_the_epoch,
    a_restore_counts_the_epoch_of_the_backup_up,
    a_restore_replays_no_journal,
    a_grant_is_remembered,
    a_widened_grant_has_no_epoch,
    photos_come_to_whoever_reads,
    a_token_outlives_its_sign_out,
    the_later_clock_wins,
    nothing_is_a_conflict,
    a_device_is_in_conflict_with_itself,
    a_bad_record_stops_its_table,
    what_was_deleted_can_be_written,
)
