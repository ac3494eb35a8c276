"""A child's sharing, as a guardian sees it, and acts in it as long as the child may not consent alone."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from server.foundation import clock
from server.people.accounts.models import User
from server.people.guardians.consent import status
from server.people.guardians.rights import acting_for, guardianship, require_own_yes
from server.sharing.grants import granting
from server.sharing.grants.access import accesses_of
from server.sharing.grants.models import Grant


def grants_seen_by(guardian: User, child_id: str) -> Sequence[Grant]:
    """Return the grants in force on the child's timeline. Raises what `guardianship` raises."""
    return _in_force(guardianship(guardian, child_id).child)


def share_for(guardian: User, child_id: str, email: str, scope: str, ends_at: datetime | None) -> Grant:
    """Share the child's timeline. Raises OwnYesNeeded, and what `acting_for` and `grant_by_email` raise."""
    child = acting_for(guardian, child_id)
    if scope == "photos":
        require_own_yes(guardianship(guardian, child_id))
    return granting.grant_by_email(child, timeline_of(child), email, scope, ends_at)


def revoke_for(guardian: User, child_id: str, grant_id: str) -> None:
    """End one sharing of the child's timeline. Raises what `acting_for` and `revoke` raise."""
    child = acting_for(guardian, child_id)
    granting.revoke(child, timeline_of(child), grant_id)


def end_sharing(child: User) -> None:
    """End every sharing of the child's timeline."""
    for grant in _in_force(child):
        granting.revoke(child, grant.timeline_id, grant.id)


def end_unconsented(children: Iterable[User]) -> None:
    """End every sharing of those children for whom nobody's consent is in force any more."""
    for child in children:
        if status(child) != "active":
            end_sharing(child)


def timeline_of(child: User) -> str:
    """Return the id of the child's timeline."""
    return accesses_of(child)[0].timeline.id


def _in_force(child: User) -> Sequence[Grant]:
    return [grant for grant in granting.grants_of(child, timeline_of(child)) if grant.active(clock.now())]
