"""One pushed record as the values of its columns; needs no database, so it is done before anything is locked."""

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError

from server.sync.tables import Table
from server.sync.verdict import Invalid, UnknownColumn
from server.timeline.schemas import ID_PATTERN, ID_RULE

CLIENT_ONLY = frozenset({"_status", "_changed", "_deleted"})
"""Columns in which client libraries keep their own books."""

UNKNOWN = "Unknown field."


def check_id(record_id: str) -> None:
    """Refuse what no row can have as its id.

    Raises:
        Invalid: it is malformed.
    """
    if not re.fullmatch(ID_PATTERN, record_id):
        raise Invalid(f"id: {ID_RULE}")


def values_of(table: Table, record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of `record` that are the client's to set, checked.

    The server's columns are ignored, not refused: a client that posts its rows again, after the server was
    restored from a backup, sends them as it last pulled them.

    Raises:
        Invalid: a value is missing or wrong.
        UnknownColumn: there is one that the table does not have.
    """
    check_id(record["id"])
    try:
        values: dict[str, Any] = table.schema.load(
            {column: value for column, value in record.items() if column not in CLIENT_ONLY}
        )
    except ValidationError as error:
        raise _refusal(error.messages_dict) from error
    for column in table.server_columns:
        del values[column]
    return values


def _refusal(messages: Mapping[str, Any]) -> Invalid | UnknownColumn:
    unknown = [column for column, texts in messages.items() if UNKNOWN in texts]
    if unknown:
        return UnknownColumn(f"{', '.join(unknown)}: This server has no such column; leave it out.")
    return Invalid(" ".join(f"{column}: {' '.join(map(str, texts))}" for column, texts in messages.items()))
