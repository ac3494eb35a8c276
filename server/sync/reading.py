"""One pushed record as the values of its columns; needs no database, so it is done before anything is locked.

Only what was sent is there: a column that an older app does not know is as it is on the server. What makes a whole row
of it, and whether it then fits together, is known when the server's row is.
"""

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from marshmallow import ValidationError

from server.foundation.http.json_text import is_text
from server.sync.tables import Table, Values
from server.sync.verdict import Invalid, UnknownColumn
from server.timeline.identifiers import ID_RULE, is_identifier

CLIENT_ONLY = frozenset({"_status", "_changed", "_deleted"})
"""Columns in which client libraries keep their own books."""

UNKNOWN = "Unknown field."
MISSING = "Missing data for required field."
NO_TEXT = "Holds a NUL or half of a character, as of an emoji that was cut in two; cut between characters."


def id_of(record: object) -> str | None:
    """Return the id by which a verdict can name what was sent; None where it has none."""
    record_id = record.get("id") if isinstance(record, dict) else None
    return record_id if isinstance(record_id, str) else None


def check_id(record_id: str) -> None:
    """Refuse what no row can have as its id.

    Raises:
        Invalid: it is malformed.
    """
    if not is_identifier(record_id):
        raise Invalid(f"id: {ID_RULE}")


def values_of(table: Table, record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of `record` that were sent and are the client's to set, checked.

    The server's columns are ignored, not refused: a client that posts its rows again, after the server was
    restored from a backup, sends them as it last pulled them.

    Raises:
        Invalid: a value is wrong.
        UnknownColumn: there is one that the table does not have.
    """
    check_id(record["id"])
    for column, value in record.items():
        if isinstance(value, str) and column in table.columns and not is_text(value):
            raise Invalid(f"{column}: {NO_TEXT}")
    try:
        values: dict[str, Any] = table.schema.load(
            {column: value for column, value in record.items() if column not in CLIENT_ONLY}, partial=True
        )
    except ValidationError as error:
        raise _refusal(error.messages_dict) from error
    for column in table.server_columns:
        values.pop(column, None)
    return values


def whole_row(table: Table, values: Values, amended: Values | None = None) -> Values:
    """Return the row that the server begins with when these are the columns that were sent.

    What may be empty and was not sent is as in the row that this one amends: the app may not know that column.

    Raises:
        Invalid: a column is missing that a row cannot be without.
    """
    missing = [column for column in table.needed if column not in values]
    if missing:
        raise Invalid(" ".join(f"{column}: {MISSING}" for column in missing))
    kept = {column: amended[column] for column in table.optional} if amended else {}
    return {**table.blank, **kept, **values}


def fit_together(table: Table, values: Values) -> None:
    """Refuse columns that contradict one another. Raises Invalid."""
    try:
        table.schema.fit_together(values)
    except ValidationError as error:
        raise _refusal({error.field_name: error.messages}) from error


def names(columns: Iterable[str]) -> str:
    """Return names that a client sent, the first of many, in words: what is no text by its codes."""
    shown = [name[:100] for name in islice(columns, 20)]
    return ", ".join(name if is_text(name) else ascii(name)[1:-1] for name in shown)


def _refusal(messages: Mapping[str, Any]) -> Invalid | UnknownColumn:
    unknown = [column for column, texts in messages.items() if UNKNOWN in texts]
    if unknown:
        return UnknownColumn(f"{names(unknown)}: This server has no such column; leave it out.")
    return Invalid(" ".join(f"{column}: {' '.join(map(str, texts))}" for column, texts in messages.items()))
