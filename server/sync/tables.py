"""The tables that are synchronised, and which rules each follows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from server.timeline import models, schemas

AnyRow = models.Visit | models.Photo | models.Assessment | models.TreatmentCourse


@dataclass(frozen=True)
class Table:
    """One table on the wire.

    Rows of a `mutable` one may be changed; other rows are only created and deleted. `server_columns` are set
    by the server alone. `scope` is what a grant must include for its rows to be pulled.
    """

    model: type[AnyRow]
    schema: schemas.RowSchema
    mutable: bool = False
    scope: str = "records"
    server_columns: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """The name on the wire and in the database."""
        return self.model.__tablename__

    def to_wire(self, row: AnyRow) -> Mapping[str, Any]:
        """Return a living row as clients see it."""
        shown: Mapping[str, Any] = self.schema.dump(row)
        return shown


TABLES = (
    Table(models.Visit, schemas.VisitSchema()),
    Table(models.Photo, schemas.PhotoSchema(), scope="photos", server_columns=frozenset({"uploaded"})),
    Table(models.Assessment, schemas.AssessmentSchema()),
    Table(models.TreatmentCourse, schemas.TreatmentCourseSchema(), mutable=True),
)
"""Visits come first, so that what belongs to one finds it."""

SERVER_TABLES = ("clinician_notes", "reviews", "grants", "model_notices")
"""Tables that clients may name but never write."""
