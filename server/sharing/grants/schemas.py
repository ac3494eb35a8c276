"""The wire shape of grants and invitations."""

from datetime import UTC, datetime
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from server.people.account_schemas import Account
from server.sharing.grants.models import SCOPES
from server.timeline.schemas import RowSchema


class EndsAt(fields.AwareDateTime):
    """When a grant is to end, or null: never by itself."""

    def __init__(self) -> None:
        super().__init__(load_default=None, allow_none=True)

    def _deserialize(self, *args: Any, **kwargs: Any) -> datetime:
        try:
            return super()._deserialize(*args, **kwargs).astimezone(UTC)
        except OverflowError as error:  # In UTC it would be before the year 1, or after 9999.
            raise self.make_error("invalid", input=args[0], obj_type=self.OBJ_TYPE) from error


class NewGrant(Schema):
    """Whom to share with: a dermatologist by e-mail, or whoever is handed the invitation code."""

    email = fields.Email(load_default=None, validate=validate.Length(max=254))
    invitation = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    scope = fields.String(load_default="photos", validate=validate.OneOf(SCOPES))
    ends_at = EndsAt()

    @validates_schema
    def one_way(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse both ways at once, and neither."""
        if (data["email"] is None) is not data["invitation"]:
            raise ValidationError("Give either 'email' or 'invitation': true.")


class GrantShown(Schema):
    """A grant, or an invitation to one: `code` is there only once, and only for an invitation."""

    id = fields.String(required=True)
    timeline_id = fields.String(required=True)
    scope = fields.String(required=True)
    starts_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime(allow_none=True)
    revoked_at = fields.AwareDateTime(allow_none=True)
    left = fields.Boolean(metadata={"description": "Whether the dermatologist ended it."})
    dermatologist = fields.Nested(Account)
    code = fields.String()
    expires_at = fields.AwareDateTime()


class Grants(Schema):
    """Grants, newest first."""

    grants = fields.List(fields.Nested(GrantShown), required=True)


class InvitationShown(Schema):
    """An invitation that waits for its code to be redeemed; the code itself is kept nowhere."""

    id = fields.String(required=True)
    scope = fields.String(required=True)
    ends_at = fields.AwareDateTime(required=True, allow_none=True, attribute="grant_ends_at")
    expires_at = fields.AwareDateTime(required=True)


class Invitations(Schema):
    """Invitations, the next to expire first."""

    invitations = fields.List(fields.Nested(InvitationShown), required=True)


class GrantSchema(RowSchema):
    """A grant as the patient's phones pull it: who may see what, from when until when."""

    dermatologist_id = fields.String(required=True)
    dermatologist_name = fields.String(required=True)
    scope = fields.String(required=True)
    starts_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True, allow_none=True)
    revoked_at = fields.AwareDateTime(required=True, allow_none=True)
    left = fields.Boolean(required=True)


class Code(Schema):
    """An invitation code as the patient handed it over."""

    code = fields.String(required=True, validate=validate.Length(1, 100))
