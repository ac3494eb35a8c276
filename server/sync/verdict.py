"""Why a pushed record was not taken; the rest of its push goes on without it."""

from typing import Any, ClassVar


class Rejected(Exception):
    """One record refused, with a stable `code` and words that name what to do."""

    code: ClassVar[str] = "invalid"
    detail: ClassVar[str] = "The record is not valid."

    def __init__(self, detail: str | None = None) -> None:
        self.text = detail or self.detail
        super().__init__(self.text)

    def to_wire(self, table: str, record_id: str | None, current: Any) -> dict[str, Any]:
        """Return the verdict with the server's own row, null where it has none; the id is null where none was sent."""
        return {"table": table, "id": record_id, "code": self.code, "detail": self.text, "current": current}


class Invalid(Rejected):
    """A value is missing or wrong."""


class UnknownTable(Rejected):
    """The server has no such table."""

    code = "unknown_table"
    detail = "This server has no such table; keep the record until it has, or drop it."


class UnknownColumn(Rejected):
    """The table has no such column."""

    code = "unknown_column"


class ReadOnly(Rejected):
    """Only the server writes that."""

    code = "read_only"
    detail = "Only the server writes this table."


class Immutable(Rejected):
    """Rows of this table are never changed."""

    code = "immutable"
    detail = "A record with this id and other content exists; amend it by a new record that names it."


class Conflict(Rejected):
    """Another device changed the row since the cursor."""

    code = "conflict"
    detail = "Another device changed this record; pull, merge by column, and push again."


class Gone(Rejected):
    """The row was deleted."""

    code = "gone"
    detail = "This record was deleted and stays so; use a new id."


class AmendedUnknown(Rejected):
    """The row that this one amends is not here."""

    code = "amended_unknown"
    detail = "The record that this one amends is not on the server; push it first or together with this."


class NotDeletable(Rejected):
    """Rows of this table are not deleted."""

    code = "not_deletable"
    detail = "A profile is not deleted; to empty it, push it with null in its columns."


class TooMuch(Rejected):
    """The patient's records are as long as they may be."""

    code = "storage_full"
    detail = "These records are as long as one person's may be here; delete some, or ask whoever runs the server."
