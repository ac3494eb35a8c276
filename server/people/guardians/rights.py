"""What a guardian may do, which shrinks with the years.

| until the child | may consent alone | is of age |
| --- | --- | --- |
| see with whom the timeline is shared | yes | yes |
| consent, withdraw, share records, end a sharing, have a copy or everything erased | yes | no: the child acts alone |
| read records or photos | no | no |

Photos a guardian shares only with the child's own yes, from the age on that their country's table names (`own_yes`).
A guardian reads nothing: what an adolescent writes about their skin is theirs, and a guardian who should see it can be
shown the phone. The copy of the records that the law gives a guardian has the photos in it only where the child, or the
server's configuration, says so. From majority on nothing is left, by the clock, at the next request.
"""

from server.foundation import clock, db
from server.foundation.http.errors import Problem
from server.people.accounts.models import User
from server.people.guardians.consent import below_consent_age
from server.people.guardians.handing_over import of_age
from server.people.guardians.models import Guardianship


class GuardianshipUnknown(Problem):
    """The caller answers for no such child, or has no such guardian."""

    status = 404
    code = "guardianship_unknown"
    detail = "There is no such guardianship of yours; GET /v1/guardianships lists those there are."


class GuardianshipEnded(Problem):
    """The child has come of age."""

    status = 403
    code = "guardianship_ended"
    detail = "They are of age: nobody else has a say any longer."


class ActsAlone(Problem):
    """The child is old enough to decide alone."""

    status = 403
    code = "acts_alone"
    detail = "They are old enough to decide this alone; you see with whom the timeline is shared until they are of age."


class OwnYesNeeded(Problem):
    """The child is old enough to be asked about photos, and has not said yes."""

    status = 403
    code = "own_yes_needed"
    detail = "They are old enough to be asked about their photos: share the scope 'records', or let them say yes first."


def stage(child: User) -> str:
    """Return `guarded` below the age of consent, `acts_alone` until majority, then `of_age`."""
    if of_age(child):
        return "of_age"
    return "guarded" if below_consent_age(child) else "acts_alone"


def guardianship(guardian: User, child_id: str) -> Guardianship:
    """Return the guardianship of a child who is not of age yet.

    Raises:
        GuardianshipUnknown, GuardianshipEnded: there is none, or no longer.
    """
    current = db.session().get(Guardianship, (child_id, guardian.id))
    if current is None:
        raise GuardianshipUnknown
    if of_age(current.child):
        raise GuardianshipEnded
    return current


def acting_for(guardian: User, child_id: str) -> User:
    """Return the child for whom the guardian may decide.

    Raises:
        ActsAlone: the child decides alone; else as `guardianship`.
    """
    child = guardianship(guardian, child_id).child
    if not below_consent_age(child):
        raise ActsAlone
    return child


def require_own_yes(guardianship: Guardianship) -> None:
    """Check that the guardian may share the child's photos. Raises OwnYesNeeded."""
    asked_on = guardianship.child.asked_on
    if not guardianship.photos and (asked_on is None or asked_on <= clock.now().date()):
        raise OwnYesNeeded
