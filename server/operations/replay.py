"""Doing again, on a restored database, what was undone for good after its backup was taken."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import delete, select, update

from server import clock, db
from server.accounts.models import Device
from server.credentials.models import RecoveryCode
from server.guardians.models import Consent
from server.journal.entries import Entry
from server.journal.services import journal
from server.operations.epochs import renew
from server.operations.errors import RestoreFailed
from server.own_data.erasure import finish_erasures
from server.photos.models import StoredPhoto, Upload
from server.photos.services import discard
from server.photos.store import store
from server.sharing.granting import end
from server.sharing.models import Grant, Invitation
from server.sync.batch import Batch
from server.sync.deleting import delete as bury
from server.sync.tables import PHOTOS, TABLES
from server.timeline.lock import locked
from server.timeline.models import Photo, Timeline

IDS_AT_ONCE = 500


@dataclass(frozen=True)
class Replayed:
    """How many accounts were erased again, records deleted again, and photos found missing."""

    erased: int
    deleted: int
    missing_photos: int


def replay() -> Replayed:
    """Bring a restored database up to what the journal knows, and start a new epoch everywhere.

    Deleted records become tombstones, also those that the backup never held, so that no phone brings them back.
    Grants and devices that were revoked stay so, recovery codes used, consents withdrawn; a grant whose terms were
    narrowed ends, for its new terms are lost. Browsers, invitations and unfinished uploads end; phones stay signed
    in, by the token that they had when the backup was taken.

    Raises:
        RestoreFailed: the journal names records as deleted that never are.
    """
    erased = finish_erasures()
    deleted = sum(_delete_again(*each) for each in _by_timeline(journal().of("deleted")))
    with db.write() as session:
        now = clock.now()
        _end_grants()
        for some in _in_parts(journal().of("device_revoked")):
            session.execute(_signing_out(now).where(Device.id.in_(some)))
        for some in _in_parts(journal().of("code_used")):
            session.execute(delete(RecoveryCode).where(RecoveryCode.code_sha256.in_(some)))
        for some in _in_parts(journal().of("consent_withdrawn")):
            withdrawn = update(Consent).where(Consent.id.in_(some), Consent.withdrawn_at.is_(None))
            session.execute(withdrawn.values(withdrawn_at=now))
        session.execute(_signing_out(now).where(Device.kind == "browser"))
        unused = update(Invitation).where(Invitation.redeemed_at.is_(None), Invitation.expires_at > now)
        session.execute(unused.values(expires_at=now))
        session.execute(delete(Upload))
        renew(journal())
    with_photos = db.session().scalars(select(StoredPhoto.timeline_id).distinct()).all()
    missing = sum(map(_ask_again_for_missing, with_photos))
    return Replayed(erased, deleted, missing)


def _delete_again(timeline_id: str, entries: Sequence[Entry]) -> int:
    """Bury a timeline's deleted records and return how many were alive or unknown."""
    if db.session().get(Timeline, timeline_id) is None:
        return 0
    with db.write(under_lock=True) as session:
        timeline = locked(timeline_id)
        batch = Batch(session, timeline, None, timeline.seq)
        for table in TABLES:
            ids = [entry.id for entry in entries if entry.table == table.name]
            batch.fetch(table, ids)
            unheard = [each for each in ids if (row := batch.find(table, each)) is None or not row["deleted"]]
            refused = dict(bury(batch, table, unheard))
            if refused:
                codes = ", ".join(sorted({reason.code for reason in refused.values()}))
                raise RestoreFailed(
                    f"The journal names deleted {table.name} that this version does not let be deleted ({codes});"
                    " install the version of acnetrack that wrote it, and restore again."
                )
        batch.flush()
    discard(timeline_id, [each.id for each in batch.tombstones if each.table == PHOTOS.name])
    return len(batch.tombstones)


def _end_grants() -> None:
    revoked = {entry.id for entry in journal().of("grant_revoked")}
    narrowed = {entry.id: entry.epoch for entry in journal().of("grant_narrowed")}
    for grant in db.session().scalars(select(Grant).where(Grant.revoked_at.is_(None))).all():
        if grant.id in revoked or narrowed.get(grant.id, 0) > grant.wire_epoch:
            end(grant)


def _ask_again_for_missing(timeline_id: str) -> int:
    """Mark photos whose bytes are not in the store as not uploaded, so that the phone sends them again."""
    kept = {each.key for each in store().objects(timeline_id)}
    rows = db.session().scalars(select(StoredPhoto).filter_by(timeline_id=timeline_id))
    lost = [row for row in rows if row.object_key not in kept]
    if not lost:
        return 0
    with db.write(under_lock=True) as session:
        timeline = locked(timeline_id)
        for row in lost:
            photo = session.get_one(Photo, (timeline_id, row.photo_id))
            if not photo.deleted:
                photo.uploaded, photo.rev, photo.device_id = False, timeline.next_rev(), None
            session.delete(row)
    return len(lost)


def _signing_out(now: datetime) -> Any:
    return update(Device).where(Device.revoked_at.is_(None)).values(revoked_at=now)


def _by_timeline(entries: Iterable[Entry]) -> Iterator[tuple[str, list[Entry]]]:
    for timeline_id, some in groupby(entries, key=attrgetter("timeline_id")):
        yield timeline_id, list(some)


def _in_parts(entries: Sequence[Entry]) -> Iterator[Sequence[str]]:
    for start in range(0, len(entries), IDS_AT_ONCE):
        yield [entry.id for entry in entries[start : start + IDS_AT_ONCE]]
