"""Exported rows as values of their columns: what JSON says, in the types of the database and no others."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, Column, Date, Float, Integer, String, Table

from server.foundation.db import UtcDateTime
from server.own_data.errors import RecordRefused
from server.own_data.export import SECRETS


def row_values(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return an exported row as the database takes it. Raises RecordRefused where its columns are others."""
    wanted = [column for column in table.columns if column.name not in SECRETS]
    if row.keys() != {column.name for column in wanted}:
        raise RecordRefused(f"data/{table.name}.json has a record with other columns than this server's table.")
    return {column.name: column_value(column, row[column.name]) for column in wanted}


def column_value(column: Column[Any], value: object) -> Any:
    """Return a JSON value as the database takes it. Raises RecordRefused where its type is another."""
    reader = next(read for type_, read in _READERS if isinstance(column.type, type_))
    try:
        return None if value is None else reader(value)
    except (ValueError, TypeError) as error:
        raise RecordRefused(f"data/{column.table.name}.json has a {column.name} of a wrong kind.") from error


def _exactly(*kinds: type) -> Callable[[object], object]:
    def read(value: object) -> object:
        if type(value) not in kinds:
            raise TypeError
        return value

    return read


_READERS: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (UtcDateTime, datetime.fromisoformat),
    (Date, date.fromisoformat),
    (Boolean, _exactly(bool)),
    (Integer, _exactly(int)),
    (Float, _exactly(float, int)),
    (String, _exactly(str)),
)
