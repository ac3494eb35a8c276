"""The wire shape of pulls and pushes."""

from typing import Any

from marshmallow import INCLUDE, Schema, ValidationError, fields, post_load, pre_load, validate

from server.sharing.accesses.schemas import LogHead
from server.sync.cursor import LARGEST
from server.sync.tables import TABLES


def identified(record: dict[str, Any]) -> None:
    """Refuse what has no id: no verdict could name it. Raises ValidationError."""
    if not isinstance(record.get("id"), str):
        raise ValidationError("Every record needs an id, as text.")


class CursorQuery(Schema):
    """Where the client stands; nothing, 0 or null is the beginning."""

    last_pulled_at = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(0, LARGEST))

    @pre_load
    def null_is_none(self, data: Any, **_: object) -> Any:
        """Read the word that client libraries put into the address before their first pull."""
        return {name: data[name] for name in data if (name, data[name]) != ("last_pulled_at", "null")}


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


class PullQuery(CursorQuery):
    """Which page."""

    limit = fields.Integer(load_default=1_000, validate=validate.Range(1, 10_000))


class TableChanges(Schema):
    """What changed in one table."""

    created = fields.List(fields.Dict(validate=identified), load_default=list)
    updated = fields.List(fields.Dict(validate=identified), load_default=list)
    deleted = fields.List(fields.String(), load_default=list)


class _Changes(Schema):
    class Meta:
        unknown = INCLUDE

    @pre_load
    def unwrapped(self, data: Any, **_: object) -> Any:
        """Take the changes bare, or under their name as a pull gives them."""
        return data["changes"] if isinstance(data, dict) and data.keys() == {"changes"} else data

    @post_load
    def other_tables(self, data: dict[str, Any], **_: object) -> dict[str, Any]:
        """Read tables that this server does not have, so that each of their records gets its verdict."""
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
    id = fields.String(required=True)
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
