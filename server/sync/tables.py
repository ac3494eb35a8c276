"""The tables that are synchronised, and which rules each follows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import cached_property
from typing import Any, cast

import sqlalchemy
from marshmallow import fields

from server.sharing.grants.access import Access
from server.sharing.grants.models import Grant
from server.sharing.grants.schemas import GrantSchema
from server.sharing.notes.models import ClinicianNote
from server.sharing.notes.schemas import ClinicianNoteSchema
from server.timeline import daily_life, daily_schemas, models, schemas
from server.timeline.notices.models import ModelNotice
from server.timeline.notices.schemas import ModelNoticeSchema

Values = Mapping[str, Any]
"""A row by its columns."""


class Kind(Enum):
    """What may be done to a table's rows."""

    APPEND_ONLY = auto()
    """They are created and deleted; a correction is a new row that names the old."""
    MUTABLE = auto()
    """They are changed too, by whoever has seen the last change."""
    SERVER_OWNED = auto()
    """Clients read them and no more."""


@dataclass(frozen=True, eq=False)
class Table:
    """One table on the wire.

    `scope` is what a grant must include for its rows to be pulled; rows of the scope "owner" go to nobody else.
    `server_columns`, with the values that they start from, are set by the server alone. `long` is a column that may
    hold a great deal.
    """

    model: type[models.Row]
    schema: schemas.RowSchema
    kind: Kind = Kind.APPEND_ONLY
    scope: str = "records"
    server_columns: Values = field(default_factory=dict)
    deletable: bool = True
    long: str | None = None

    @cached_property
    def stored(self) -> sqlalchemy.Table:
        """The table in the database."""
        return cast(sqlalchemy.Table, self.model.__table__)  # type: ignore[attr-defined]

    @cached_property
    def name(self) -> str:
        """The name on the wire and in the database."""
        return self.stored.name

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns on the wire, `id` first."""
        return tuple(self.schema.fields)

    @cached_property
    def needed(self) -> tuple[str, ...]:
        """The columns that a new row cannot be without."""
        return tuple(name for name, column in self.schema.fields.items() if column.required)

    @cached_property
    def optional(self) -> tuple[str, ...]:
        """The columns that clients set and that may be empty."""
        return tuple(name for name in self.columns if name not in self.needed and name not in self.server_columns)

    @cached_property
    def blank(self) -> Values:
        """What a new row holds in the columns that were not sent."""
        return {**{name: self.schema.fields[name].load_default for name in self.optional}, **self.server_columns}

    @cached_property
    def _dates(self) -> tuple[str, ...]:
        return tuple(
            name for name, column in self.schema.fields.items() if isinstance(column, fields.Date | fields.DateTime)
        )

    def to_wire(self, row: Values) -> dict[str, Any]:
        """Return a living row as clients see it."""
        return self.dated({column: row[column] for column in self.columns})

    def dated(self, shown: dict[str, Any]) -> dict[str, Any]:
        """Return the columns on the wire with their dates, changed in place, as text."""
        for column in self._dates:
            if shown[column] is not None:
                shown[column] = shown[column].isoformat()
        return shown


VISITS = Table(models.Visit, schemas.VisitSchema())
PHOTOS = Table(models.Photo, schemas.PhotoSchema(), scope="photos", server_columns={"uploaded": False})
PROFILES = Table(daily_life.Profile, daily_schemas.ProfileSchema(), Kind.MUTABLE, deletable=False)

TABLES = (
    VISITS,
    PHOTOS,
    Table(models.Assessment, schemas.AssessmentSchema(), long="result"),
    Table(models.TreatmentCourse, schemas.TreatmentCourseSchema(), Kind.MUTABLE),
    Table(daily_life.Intake, daily_schemas.IntakeSchema()),
    Table(daily_life.CheckIn, daily_schemas.CheckInSchema()),
    Table(daily_life.SideEffect, daily_schemas.SideEffectSchema(), Kind.MUTABLE),
    Table(models.Spot, schemas.SpotSchema(), Kind.MUTABLE, scope="photos"),
    Table(daily_life.Reminder, daily_schemas.ReminderSchema(), Kind.MUTABLE, scope="owner"),
    PROFILES,
    Table(ClinicianNote, ClinicianNoteSchema(), Kind.SERVER_OWNED),
    Table(Grant, GrantSchema(), Kind.SERVER_OWNED, scope="owner"),
    Table(ModelNotice, ModelNoticeSchema(), Kind.SERVER_OWNED),
)

PARTS_OF_VISIT = tuple(table for table in TABLES if "visit_id" in table.columns)
"""What goes when its visit goes."""

COMING_TABLES = ("reviews",)
"""Names of the server's own tables that it does not have yet: clients may name them and never write them."""


def tables_for(access: Access) -> tuple[Table, ...]:
    """Return the tables whose rows a caller may pull."""
    scopes = {"records"} | ({"photos"} if access.photos else set()) | (set() if access.grant else {"owner"})
    return tuple(table for table in TABLES if table.scope in scopes)
