"""The wire shape of accounts and devices."""

from marshmallow import Schema, fields, validate

from server.accounts.models import ROLES
from server.accounts.passwords import LONGEST, SHORTEST

NAME = validate.Length(1, 100)


class NewAccount(Schema):
    """Somebody signing up."""

    email = fields.Email(required=True, validate=validate.Length(max=254))
    name = fields.String(required=True, validate=[NAME, validate.Regexp(r".*\S", error="Must not be blank.")])
    password = fields.String(required=True, load_only=True, validate=validate.Length(SHORTEST, LONGEST))
    role = fields.String(required=True, validate=validate.OneOf(ROLES))


class Account(Schema):
    """A person."""

    id = fields.String(required=True)
    email = fields.String(required=True)
    name = fields.String(required=True)
    role = fields.String(required=True)


class NewDevice(Schema):
    """Somebody signing in on a device."""

    email = fields.String(required=True, validate=validate.Length(max=254))
    password = fields.String(required=True, load_only=True, validate=validate.Length(max=LONGEST))
    name = fields.String(required=True, validate=NAME, metadata={"description": "What the person calls it."})


class DeviceShown(Schema):
    """A device that is signed in."""

    id = fields.String(required=True)
    kind = fields.String(required=True)
    name = fields.String(required=True)
    created_at = fields.AwareDateTime(required=True)
    expires_at = fields.AwareDateTime(allow_none=True)


class Devices(Schema):
    """The devices somebody is signed in on."""

    devices = fields.List(fields.Nested(DeviceShown), required=True)


class DeviceToken(DeviceShown):
    """A device just signed in, with its token: shown this once."""

    token = fields.String(required=True)
    account = fields.Nested(Account, required=True)
