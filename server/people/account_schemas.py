"""The wire shape of accounts and devices."""

from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates, validates_schema

from server.foundation import clock
from server.people.accounts.ages import OLDEST_YEARS, birthday, countries
from server.people.accounts.models import ROLES
from server.people.accounts.names import NewEmail, check_name
from server.people.accounts.passwords import LONGEST, SHORTEST, WeakPassword, refuse_weak
from server.people.guardians.consent import status

NAME = validate.Length(1, 100)
STATUS = {"type": "string", "enum": ["active", "awaiting_consent"]}
SAID_BY_ROLE = {"patient": {"born_on", "country"}, "guardian": {"adult"}, "dermatologist": {"invitation"}}


class Password(fields.String):
    """A password somebody has: as long as any may be."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=True, load_only=True, validate=validate.Length(max=LONGEST), **kwargs)


class NewPassword(fields.String):
    """A password somebody chooses."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=True, load_only=True, validate=validate.Length(SHORTEST, LONGEST), **kwargs)


class NewAccount(Schema):
    """Somebody signing up.

    Patients say when they were born and where they live. Neither is kept: only, of minors, the days on which they
    consent for themselves and are of age.
    """

    email = NewEmail()
    name = fields.String(required=True, validate=[NAME, check_name])
    password = NewPassword()
    role = fields.String(required=True, validate=validate.OneOf(ROLES))
    born_on = fields.Date(metadata={"description": "A patient's date of birth."})
    country = fields.String(
        metadata={"description": "Where a patient lives: ISO 3166-1 alpha-2.", "pattern": "^[A-Z]{2}$"}
    )
    invitation = fields.String(
        load_only=True,
        validate=validate.Length(1, 40),
        metadata={"description": "A dermatologist's code, good once, from whoever runs the server."},
    )
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
        needed = SAID_BY_ROLE.get(data["role"], set())
        stated = data.keys() & {"born_on", "country", "adult", "invitation"}
        errors = {name: ["Needed of this role."] for name in needed - stated}
        errors |= {name: ["Not asked of this role; leave it out."] for name in stated - needed}
        try:
            refuse_weak(data["password"], data["role"], data["email"], data["name"])
        except WeakPassword as weak:
            errors["password"] = [weak.text]
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
    """A person, as others see them."""

    id = fields.String(required=True)
    email = fields.String(required=True)
    name = fields.String(required=True)
    role = fields.String(required=True)


class AccountStatus(Account):
    """A person, as they see themselves: `awaiting_consent` while nothing of their timeline may be stored."""

    status = fields.Function(status, metadata=STATUS)


class CodeUsed(Schema):
    """A recovery code was used: for the password or the second factor, and until when it can be taken back."""

    stood_in_for = fields.String(required=True, validate=validate.OneOf(("password", "factor")))
    until = fields.AwareDateTime(required=True)


class OwnAccount(Account):
    """The caller's account; the days are null for adults, the last one until the caller says that they know."""

    status = fields.String(required=True, metadata=STATUS)
    consent_on = fields.Date(allow_none=True, metadata={"description": "When they may consent alone."})
    majority_on = fields.Date(allow_none=True, metadata={"description": "When they are of age."})
    handed_over_on = fields.Date(
        allow_none=True,
        metadata={"description": "They came of age then: say so, and that no guardian has a say any longer."},
    )
    second_factor = fields.Boolean(required=True)
    recovery_code_used = fields.Nested(
        CodeUsed,
        required=True,
        allow_none=True,
        metadata={"description": "Tell the person at once: whoever did not use it takes it back."},
    )
    recovery_codes_left = fields.Integer(required=True)


class NewDevice(Schema):
    """Somebody signing in on a device."""

    email = fields.String(required=True, validate=validate.Length(max=254))
    password = Password()
    second_factor = fields.String(
        load_default=None,
        load_only=True,
        validate=validate.Length(max=40),
        metadata={"description": "The digits of an authenticator or a recovery code, where the account needs one."},
    )
    name = fields.String(
        required=True, validate=[NAME, check_name], metadata={"description": "What the person calls it."}
    )
    device_id = fields.String(
        load_default=None,
        validate=validate.Length(max=64),
        metadata={"description": "The id that this device had before, so that it stays the same device."},
    )


class DeviceShown(Schema):
    """A device that is signed in."""

    id = fields.String(required=True)
    kind = fields.String(required=True)
    name = fields.String(required=True)
    created_at = fields.AwareDateTime(required=True)
    last_used_on = fields.Date(allow_none=True)
    expires_at = fields.AwareDateTime(allow_none=True)


class Devices(Schema):
    """The devices somebody is signed in on; `current` is the caller's own."""

    devices = fields.List(fields.Nested(DeviceShown), required=True)
    current = fields.String(required=True)


class RotatedToken(DeviceShown):
    """The caller's device with its next token: shown this once, and the old one is good until it is used."""

    token = fields.String(required=True)


class DeviceToken(RotatedToken):
    """A device just signed in, with its token: shown this once."""

    account = fields.Nested(AccountStatus, required=True)
