"""Doing again, on a restored database, what was undone for good after its backup was taken."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from sqlalchemy import delete, select, update

from server.delivery import publishing as models
from server.foundation import clock, db
from server.foundation.journal.entries import Event
from server.foundation.journal.replaying import REPLAYS
from server.operations import epochs
from server.operations.errors import RestoreFailed
from server.own_data import erasure
from server.people import replaying as people
from server.people.accounts.models import Device
from server.photos.models import StoredPhoto, Upload
from server.photos.store import store
from server.sharing.grants import replaying as grants
from server.sharing.grants.models import Invitation
from server.sync import replaying as sync
from server.sync.replaying import RecordKeptAlive
from server.timeline.lock import locked
from server.timeline.models import Photo

REPLAYING = (erasure, sync, grants, people, models, epochs)
"""The modules that register replays when they are imported; epochs come last, above what the others write."""

FIRST: Sequence[Event] = ("erased", "deleted")
"""What opens transactions of its own, in this order; the rest is done in one."""


@dataclass(frozen=True)
class Replayed:
    """How many accounts were erased again, records deleted again, and photos found missing."""

    erased: int
    deleted: int
    missing_photos: int


def replay() -> Replayed:
    """Bring a restored database up to what the journal knows, and start a new epoch everywhere.

    Deleted records become tombstones, also those that the backup never held, so that no phone brings them back.
    Grants and devices that were revoked stay so, codes used, consents withdrawn, models blocked; a grant whose terms
    were narrowed ends, for its new terms are lost. Browsers, invitations and unfinished uploads end; phones stay
    signed in, by the token that they had when the backup was taken.

    Raises:
        RestoreFailed: the journal names an event that nothing here replays, or records as deleted that never are.
    """
    try:
        erased, deleted = (REPLAYS[event]() for event in FIRST)
    except RecordKeptAlive as error:
        raise RestoreFailed(str(error)) from error
    others = [event for event in get_args(Event) if event not in FIRST]
    with db.write() as session:
        for again in dict.fromkeys(REPLAYS[event] for event in others):
            again()
        now = clock.now()
        browsers = update(Device).where(Device.revoked_at.is_(None), Device.kind == "browser")
        session.execute(browsers.values(revoked_at=now))
        unused = update(Invitation).where(Invitation.redeemed_at.is_(None), Invitation.expires_at > now)
        session.execute(unused.values(expires_at=now))
        session.execute(delete(Upload))
    with_photos = db.session().scalars(select(StoredPhoto.timeline_id).distinct()).all()
    missing = sum(map(_ask_again_for_missing, with_photos))
    return Replayed(erased, deleted, missing)


def _ask_again_for_missing(timeline_id: str) -> int:
    """Mark photos whose bytes are not in the store as not uploaded, so that the phone sends them again."""
    present = {each.key for each in store().objects(timeline_id)}
    rows = db.session().scalars(select(StoredPhoto).filter_by(timeline_id=timeline_id))
    lost = [row for row in rows if row.object_key not in present]
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
