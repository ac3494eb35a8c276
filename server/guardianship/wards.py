"""Who answers for whom, as each of them sees it."""

from collections.abc import Sequence

from sqlalchemy import or_, select

from server.foundation import db
from server.people.accounts.models import User
from server.people.guardians.models import Guardianship
from server.people.guardians.rights import GuardianshipUnknown


def guardianships_of(user: User) -> Sequence[Guardianship]:
    """Return the guardians of `user`, or the children whose guardian `user` is, the first ones first."""
    theirs = or_(Guardianship.child_id == user.id, Guardianship.guardian_id == user.id)
    return db.session().scalars(select(Guardianship).where(theirs).order_by(Guardianship.since)).all()


def choose_photos(child: User, guardian_id: str, photos: bool) -> Guardianship:
    """Let a guardian have the photos in the copy of the records, or no longer.

    Raises:
        GuardianshipUnknown: they are no guardian of `child`.
    """
    with db.write() as session:
        guardianship = session.get(Guardianship, (child.id, guardian_id))
        if guardianship is None:
            raise GuardianshipUnknown
        guardianship.photos = photos
    return guardianship
