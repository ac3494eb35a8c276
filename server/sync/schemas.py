"""The wire shape of pulls and pushes."""

from typing import Any, ClassVar

from marshmallow import EXCLUDE, INCLUDE, Schema, ValidationError, fields, post_load, pre_load, validate

from server.foundation.http.api import OfRecords
from server.foundation.http.json_text import MalformedJson, parse_json
from server.sharing.accesses.schemas import LogHead
from server.sync.cursor import LARGEST
from server.sync.migration import Migration
from server.sync.tables import TABLES

TABLES_AT_ONCE = 100
"""What a push may name: those that there are, and some that an app of another version has."""


class CursorQuery(Schema):
    """Where the client stands; nothing, 0 or null is the beginning."""

    NULLABLE: ClassVar[tuple[str, ...]] = ("last_pulled_at",)

    last_pulled_at = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(0, LARGEST))

    @pre_load
    def null_is_none(self, data: Any, **_: object) -> Any:
        """Read the word that client libraries put into the address where they have nothing to say."""
        return {name: data[name] for name in data if data[name] != "null" or name not in self.NULLABLE}


class PushNumber(Schema):
    """Which of a device's pushes this is."""

    number = fields.Integer(
        data_key="push",
        load_default=None,
        validate=validate.Range(1, LARGEST),
        metadata={
            "description": "A number that rises with every push of this device, such as the time: a push that comes"
            " after one with a higher number is late, and overwrites nothing that the device wrote since."
        },
    )


class PushQuery(CursorQuery, PushNumber):
    """Where the client stands, and which of its pushes this is."""


class _Columns(Schema):
    class Meta:
        unknown = EXCLUDE

    table = fields.String(required=True)
    columns = fields.List(fields.String(), required=True)


class _Migration(Schema):
    class Meta:
        unknown = EXCLUDE

    tables = fields.List(fields.String(), load_default=list)
    columns = fields.List(fields.Nested(_Columns), load_default=list)

    @post_load
    def made(self, data: dict[str, Any], **_: object) -> Migration:
        """Return it as the service takes it."""
        columns = ((part["table"], column) for part in data["columns"] for column in part["columns"])
        return Migration(frozenset(data["tables"]), frozenset(columns))


class MigrationText(fields.String):
    """A migration as WatermelonDB puts it into the address: JSON."""

    def _deserialize(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return _Migration().load(parse_json(super()._deserialize(*args, **kwargs)))
        except MalformedJson as error:
            raise ValidationError("Must be JSON, as WatermelonDB gives it to pullChanges, or null.") from error


class PullQuery(CursorQuery):
    """Which page, and of what an updated app has skipped before; by WatermelonDB's names."""

    NULLABLE = ("last_pulled_at", "schema_version", "migration")

    limit = fields.Integer(load_default=1_000, validate=validate.Range(1, 10_000))
    schema_version = fields.Integer(
        load_default=None,
        allow_none=True,
        validate=validate.Range(1, LARGEST),
        metadata={"description": "The version of the app's own schema; every version is given the same rows."},
    )
    migration = MigrationText(
        load_default=None,
        metadata={
            "description": "What the app's schema has gained since its last pull, as JSON: `tables`, and `columns` as"
            " `{table, columns}`. The rows of these tables are sent again, however old."
        },
    )

    @post_load
    def without_schema_version(self, data: dict[str, Any], **_: object) -> dict[str, Any]:
        """Leave out what decides nothing."""
        del data["schema_version"]
        return data


def _records(what: str) -> fields.List[Any]:
    return fields.List(fields.Raw(allow_none=True), load_default=list, metadata={"description": what})


class TableChanges(Schema):
    """What changed in one table. Each record is judged by itself: what is none is refused, and the rest is taken."""

    created = _records("Rows by the columns of their table, with the client's own id.")
    updated = _records("The same; a column that is left out stays as it is.")
    deleted = _records("Ids.")


class _Changes(OfRecords):
    class Meta:
        unknown = INCLUDE

    @pre_load
    def unwrapped(self, data: Any, **_: object) -> Any:
        """Take the changes bare, or under their name as a pull gives them."""
        return data["changes"] if isinstance(data, dict) and data.keys() == {"changes"} else data

    @post_load
    def other_tables(self, data: dict[str, Any], **_: object) -> dict[str, Any]:
        """Read tables that this server does not have, so that each of their records gets its verdict."""
        if len(data) > TABLES_AT_ONCE:
            raise ValidationError(f"Must name {TABLES_AT_ONCE} tables at most.")
        known = [table.name for table in TABLES]
        return {name: part if name in known else TableChanges().load(part) for name, part in data.items()}


Changes = _Changes.from_dict({table.name: fields.Nested(TableChanges) for table in TABLES}, name="Changes")


class Ready(fields.Dict):
    """Something that is in the shape of the wire already: rows are many, and each was checked when it came."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **_: Any) -> Any:
        return value


class PulledPage(Schema):
    """What changed, and the cursor to send next."""

    changes = Ready(keys=fields.String(), values=fields.Nested(TableChanges), required=True)
    timestamp = fields.Integer(required=True)
    has_more = fields.Boolean(required=True)
    access_log = fields.Nested(
        LogHead, required=True, allow_none=True, metadata={"description": "For the owner: a phone keeps it."}
    )


class Rejection(Schema):
    """One record that was not taken, with the server's own row."""

    table = fields.String(required=True)
    id = fields.String(required=True, allow_none=True, metadata={"description": "Null for what came without one."})
    code = fields.String(required=True)
    detail = fields.String(required=True)
    current = fields.Raw(required=True, allow_none=True)


class Verdicts(Schema):
    """Every record that was not taken; the second form is WatermelonDB's."""

    rejected = fields.List(fields.Nested(Rejection), required=True)
    experimentalRejectedIds = fields.Dict(keys=fields.String(), values=fields.List(fields.String()), required=True)


class TimelineShown(Schema):
    """A timeline that the caller may see, with the cursor of its newest change."""

    id = fields.String(required=True)
    role = fields.String(required=True)
    scope = fields.String(required=True)
    patient = fields.String(required=True, metadata={"description": "The patient's name."})
    cursor = fields.Integer(required=True)


class Timelines(Schema):
    """Every timeline that the caller may see."""

    timelines = fields.List(fields.Nested(TimelineShown), required=True)
