"""Which rows are one person's, found by what they refer to: a table that is added later is not forgotten."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, ForeignKeyConstraint, Table, or_, select, tuple_

from server.foundation import db
from server.people.accounts.models import User
from server.timeline.models import Timeline

OUTLIVING = ("access_links",)
"""Tables of random ids and hashes alone, which refer to nobody."""

NOBODYS = ("attempts", "model_releases", "staff_invitations")
"""Tables in which no row says whom it is of."""


def timelines_of(user_id: str) -> list[str]:
    """Return the ids of a patient's own timelines; nobody else has one."""
    return list(db.session().scalars(select(Timeline.id).filter_by(patient_id=user_id)))


def belonging_to(user: User, timelines: Sequence[str]) -> dict[Table, ColumnElement[bool]]:
    """Return every table with the condition of the rows that are this person's, those first that others refer to."""
    conditions: dict[Table, ColumnElement[bool]] = {}
    for table in db.Base.metadata.sorted_tables:
        theirs = [column == user.email for column in table.c if column.name.endswith("email")]
        indirect = []
        for key in table.foreign_key_constraints:
            columns = [element.parent for element in key.elements]
            if key.referred_table.name == User.__tablename__:
                theirs += [column == user.id for column in columns]
            elif key.referred_table.name == Timeline.__tablename__:
                theirs += [column.in_(timelines) for column in columns]
            elif key.referred_table in conditions:
                indirect.append(_refers_to(key, conditions[key.referred_table]))
        if theirs or indirect:
            conditions[table] = or_(*(theirs or indirect))
    return conditions


def _refers_to(key: ForeignKeyConstraint, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    columns = [element.parent for element in key.elements]
    referred = select(*(element.column for element in key.elements)).where(condition)
    return columns[0].in_(referred) if len(columns) == 1 else tuple_(*columns).in_(referred)
