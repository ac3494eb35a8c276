"""Giving, changing and ending a dermatologist's right to read."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from server.foundation import clock, db
from server.foundation.http.errors import Problem
from server.foundation.ids import new_id
from server.foundation.journal.entries import Event
from server.foundation.journal.recording import record
from server.people.accounts.account import user_by_email
from server.people.accounts.models import User
from server.people.guardians.consent import require_consent
from server.sharing.grants.access import locked_for_storing, require_access, require_owner, require_storing
from server.sharing.grants.models import Grant
from server.timeline.lock import locked
from server.timeline.models import Timeline


class DermatologistUnknown(Problem):
    """No dermatologist has this e-mail."""

    status = 404
    code = "dermatologist_unknown"
    detail = "No dermatologist has signed up with this e-mail; check it, or hand over an invitation code."


class GrantUnknown(Problem):
    """The timeline has no such grant in force."""

    status = 404
    code = "grant_unknown"
    detail = "There is no such grant, or it has ended already."


class EndsInPast(Problem):
    """The grant would have ended before it began."""

    status = 422
    code = "ends_in_past"
    detail = "The grant would have ended already; give an 'ends_at' that is yet to come, or none."


class OwnTimeline(Problem):
    """The owner of a timeline has no grant to give up."""

    status = 409
    code = "own_timeline"
    detail = "This timeline is your own: nobody granted it to you, and you cannot leave it."


def grant_by_email(
    patient: User, timeline_id: str, email: str, scope: str = "photos", ends_at: datetime | None = None
) -> Grant:
    """Share the timeline with the dermatologist who has this e-mail, or change what is shared with them.

    Raises:
        DermatologistUnknown: nobody has, or they are no dermatologist.
        EndsInPast: `ends_at` has passed.
    """
    timeline = require_storing(patient, timeline_id)
    dermatologist = user_by_email(email)
    if dermatologist is None or dermatologist.role != "dermatologist":
        raise DermatologistUnknown
    with db.write(under_lock=True):
        return give(locked_for_storing(timeline.id), dermatologist, scope, ends_at)


def give(timeline: Timeline, dermatologist: User, scope: str, ends_at: datetime | None) -> Grant:
    """Return the one active grant of a locked timeline, made or changed to these terms.

    Its epoch differs from that of any other scope that the dermatologist pulled with, and from that of any
    earlier grant: where they may see more or less, or have wiped what they had, they pull everything again. So it
    does where the grant is to end earlier, so that a backup that is restored shows which terms it does not know of.

    Raises:
        EndsInPast: `ends_at` has passed.
        ConsentRequired: the patient is a child without a guardian's consent.
    """
    refuse_past(ends_at)
    require_consent(timeline.patient)
    theirs = select(Grant).filter_by(timeline_id=timeline.id, dermatologist_id=dermatologist.id)
    grants = db.session().scalars(theirs).all()
    grant = next((each for each in grants if each.active(clock.now())), None)
    if grant is None:
        epoch = max((each.epoch + 1 for each in grants), default=0)
        grant = Grant(id=new_id(), dermatologist=dermatologist, starts_at=clock.now(), epoch=epoch)
        _write(grant, timeline, scope, ends_at, "grant_widened")
    elif (grant.scope, grant.ends_at) != (scope, ends_at):
        less = _is_less(grant, scope, ends_at)
        grant.epoch += less or grant.scope != scope
        _write(grant, timeline, scope, ends_at, "grant_narrowed" if less else "grant_widened")
    return grant


def revoke(patient: User, timeline_id: str, grant_id: str) -> None:
    """End a grant; the dermatologist's next request is refused.

    Raises:
        GrantUnknown: the timeline has no such grant in force.
    """
    timeline = require_owner(patient, timeline_id)
    with db.write(under_lock=True) as session:
        locked(timeline.id)
        grant = session.get(Grant, (timeline.id, grant_id))
        if grant is None or not grant.active(clock.now()):
            raise GrantUnknown
        end(grant)


def leave(dermatologist: User, timeline_id: str) -> None:
    """End the caller's own grant; their next request is refused.

    Raises:
        OwnTimeline: the timeline is the caller's own; else as `require_access`.
    """
    if require_access(dermatologist, timeline_id).grant is None:
        raise OwnTimeline
    with db.write(under_lock=True):
        locked(timeline_id)
        if (grant := require_access(dermatologist, timeline_id).grant) is not None:
            end(grant, left=True)


def grants_of(patient: User, timeline_id: str) -> Sequence[Grant]:
    """Return every grant on the patient's timeline, ended ones too, newest first."""
    timeline = require_owner(patient, timeline_id)
    query = select(Grant).filter_by(timeline_id=timeline.id).order_by(Grant.starts_at.desc(), Grant.id)
    return db.session().scalars(query).all()


def refuse_past(ends_at: datetime | None) -> None:
    """Check that a grant has an end to come, or none.

    Raises:
        EndsInPast: it has passed.
    """
    if ends_at is not None and ends_at <= clock.now():
        raise EndsInPast


def end(grant: Grant, left: bool = False) -> None:
    """End a grant of whichever timeline; `left` is whether its dermatologist did. Only inside `db.write`."""
    timeline = locked(grant.timeline_id)
    grant.revoked_at, grant.left = clock.now(), left
    grant.rev = timeline.next_rev()
    record("grant_revoked", timeline.id, [grant.id])


def _write(grant: Grant, timeline: Timeline, scope: str, ends_at: datetime | None, event: Event) -> None:
    grant.timeline, grant.scope, grant.ends_at = timeline, scope, ends_at
    grant.dermatologist_name = grant.dermatologist.name
    grant.rev = timeline.next_rev()
    db.session().add(grant)
    record(event, timeline.id, [grant.id], epoch=grant.wire_epoch)


def _is_less(grant: Grant, scope: str, ends_at: datetime | None) -> bool:
    earlier = ends_at is not None and (grant.ends_at is None or ends_at < grant.ends_at)
    return earlier or (grant.scope, scope) == ("photos", "records")
