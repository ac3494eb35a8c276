"""Who may read which timeline, asked anew at every request so that a revocation holds from the next one."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from server.foundation import clock, db
from server.foundation.http.errors import Problem
from server.people.accounts.models import User
from server.people.credentials.tokens import require_still_signed_in
from server.people.guardians.consent import require_consent
from server.sharing.grants.models import Grant
from server.timeline.lock import locked
from server.timeline.models import Timeline


class TimelineUnknown(Problem):
    """There is no such timeline for the caller; whether it is somebody else's is not told."""

    status = 404
    code = "timeline_unknown"
    detail = "You have no such timeline; GET /v1/timelines lists those you may see."


class GrantEnded(Problem):
    """The patient shared the timeline once, and does no longer."""

    status = 403
    code = "grant_ended"
    detail = "The patient no longer shares this timeline; remove what you hold of it."


class ScopeTooNarrow(Problem):
    """The patient shares the records, not the photos."""

    status = 403
    code = "scope_too_narrow"
    detail = "The patient shares the records of this timeline but not its photos; ask for the scope 'photos'."


class OwnerOnly(Problem):
    """Only the patient may do this."""

    status = 403
    code = "owner_only"
    detail = "Only the patient whose timeline this is may do that."


@dataclass(frozen=True)
class Access:
    """What one person may do with one timeline: `grant` is None for its owner, who may do everything."""

    timeline: Timeline
    grant: Grant | None = None

    @property
    def role(self) -> str:
        """The caller's part: owner or dermatologist."""
        return "dermatologist" if self.grant else "owner"

    @property
    def photos(self) -> bool:
        """Whether photos are shared too."""
        return self.grant is None or self.grant.scope == "photos"

    @property
    def epoch(self) -> int:
        """The epoch of this caller's cursors; another one means that they pull everything again."""
        return self.grant.wire_epoch if self.grant else self.timeline.epoch


def require_access(user: User, timeline_id: str, scope: str = "records") -> Access:
    """Return what `user` may do with the timeline, if they may read `scope` of it.

    Raises:
        TimelineUnknown: it does not exist or was never shared with `user`.
        GrantEnded: it was, once.
        ScopeTooNarrow: `scope` is photos, and only records are shared.
    """
    timeline = db.session().get(Timeline, timeline_id)
    if timeline is None:
        raise TimelineUnknown
    if timeline.patient_id == user.id:
        return Access(timeline)
    access = Access(timeline, _active_grant(user, timeline_id))
    if scope == "photos" and not access.photos:
        raise ScopeTooNarrow
    return access


def require_owner(user: User, timeline_id: str) -> Timeline:
    """Return the timeline if it is `user`'s own.

    Raises:
        OwnerOnly: it is shared with `user`; else as `require_access`.
    """
    access = require_access(user, timeline_id)
    if access.grant is not None:
        raise OwnerOnly
    return access.timeline


def require_storing(user: User, timeline_id: str) -> Timeline:
    """Return the timeline if it is `user`'s own and may be stored and shared.

    Raises:
        ConsentRequired: they are a child without a guardian's consent; else as `require_owner`.
    """
    timeline = require_owner(user, timeline_id)
    require_consent(timeline.patient)
    return timeline


def locked_for_storing(timeline_id: str) -> Timeline:
    """Return the timeline, locked, after asking again what was asked when the request was let in.

    A body takes its time, and a right may end meanwhile; what ends it takes the same lock, or the device's.

    Raises:
        Unauthenticated: the device was signed out.
        ConsentRequired: the guardian's consent was withdrawn.
        TimelineErased: there is no timeline any more.
    """
    timeline = locked(timeline_id)
    require_still_signed_in()
    require_consent(timeline.patient)
    return timeline


def accesses_of(user: User) -> list[Access]:
    """Return every timeline that `user` may read: a patient's own, those shared with a dermatologist."""
    own = db.session().scalars(select(Timeline).filter_by(patient_id=user.id))
    return [*map(Access, own), *(Access(grant.timeline, grant) for grant in _active_grants(user))]


def names_seeing(timeline_id: str) -> list[str]:
    """Return the names of the dermatologists who may read the timeline now, the first to be let in first."""
    grants = db.session().scalars(select(Grant).filter_by(timeline_id=timeline_id).order_by(Grant.starts_at, Grant.id))
    return [grant.dermatologist_name for grant in grants if grant.active(clock.now())]


def timelines_shared_with(user: User) -> list[Timeline]:
    """Return the timelines that patients share with `user` now."""
    return [grant.timeline for grant in _active_grants(user)]


def _active_grants(user: User) -> Sequence[Grant]:
    grants = db.session().scalars(select(Grant).filter_by(dermatologist_id=user.id).order_by(Grant.starts_at))
    return [grant for grant in grants if grant.active(clock.now())]


def _active_grant(user: User, timeline_id: str) -> Grant:
    query = select(Grant).filter_by(dermatologist_id=user.id, timeline_id=timeline_id)
    grants = db.session().scalars(query).all()
    if not grants:
        raise TimelineUnknown
    for grant in grants:
        if grant.active(clock.now()):
            return grant
    raise GrantEnded
