"""The wire shape of accounts and devices."""

from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates, validates_schema

from server import clock
from server.accounts.ages import OLDEST_YEARS, birthday, countries
from server.accounts.models import ROLES
from server.accounts.passwords import LONGEST, SHORTEST

NAME = validate.Length(1, 100)


class NewAccount(Schema):
    """Somebody signing up; patients say when they were born and where they live, and only these two days are kept:
    when they consent for themselves, and when they are of age."""

    email = fields.Email(required=True, validate=validate.Length(max=254))
    name = fields.String(required=True, validate=[NAME, validate.Regexp(r".*\S", error="Must not be blank.")])
    password = fields.String(required=True, load_only=True, validate=validate.Length(SHORTEST, LONGEST))
    role = fields.String(required=True, validate=validate.OneOf(ROLES))
    born_on = fields.Date(metadata={"description": "A patient's date of birth."})
    country = fields.String(metadata={"description": "Where a patient lives: ISO 3166-1 alpha-2."})
    adult = fields.Boolean(truthy={True}, falsy={False}, metadata={"description": "A guardian is, by declaration."})

    @validates("born_on")
    def _check_born_on(self, born_on: date, **_: Any) -> None:
        today = clock.now().date()
        if born_on > today:
            raise ValidationError("Must not be in the future.")
        if birthday(born_on, OLDEST_YEARS) <= today:
            raise ValidationError(f"Must be less than {OLDEST_YEARS} years ago.")

    @validates("country")
    def _check_country(self, country: str, **_: Any) -> None:
        if country not in countries():
            raise ValidationError("Must be a country's two capital letters by ISO 3166-1, such as GB.")

    @validates_schema
    def _check_role(self, data: dict[str, Any], **_: Any) -> None:
        """Ask of each role what it must say, and nothing else."""
        needed = {"patient": {"born_on", "country"}, "guardian": {"adult"}}.get(data.get("role", ""), set())
        said = data.keys() & {"born_on", "country", "adult"}
        errors = {name: ["Needed of this role."] for name in needed - said}
        errors |= {name: ["Not asked of this role; leave it out."] for name in said - needed}
        if data.get("adult") is False:
            errors["adult"] = ["A guardian must be of age."]
        if errors:
            raise ValidationError(errors)

    @post_load
    def _drop_declaration(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Forget `adult`: there is no guardian's account without it."""
        data.pop("adult", None)
        return data


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
