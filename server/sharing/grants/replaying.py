"""Grants on a restored database: those that ended end again, and so do those whose terms were narrowed."""

from sqlalchemy import select

from server.foundation import db
from server.foundation.journal.recording import journal
from server.foundation.journal.replaying import replays
from server.sharing.grants.granting import end
from server.sharing.grants.models import Grant


@replays("grant_revoked", "grant_narrowed")
def end_again() -> int:
    """End grants that were revoked, or narrowed, for their new terms are lost; only inside `db.write`."""
    revoked = {entry.id for entry in journal().of("grant_revoked")}
    narrowed = {entry.id: entry.epoch for entry in journal().of("grant_narrowed")}
    in_force = db.session().scalars(select(Grant).where(Grant.revoked_at.is_(None))).all()
    undone = [grant for grant in in_force if grant.id in revoked or narrowed.get(grant.id, 0) > grant.wire_epoch]
    for grant in undone:
        end(grant)
    return len(undone)
