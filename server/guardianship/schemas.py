"""The wire shape of guardians, what they are asked, and what they consent to."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from server.people.account_schemas import Account
from server.people.guardians.consent import consented
from server.people.guardians.models import Guardianship
from server.people.guardians.rights import stage
from server.sharing.grants.models import SCOPES
from server.sharing.grants.schemas import EndsAt


class Person(Schema):
    """Somebody's name, for somebody who knows them."""

    id = fields.String(required=True)
    name = fields.String(required=True)


class NewGuardianInvitation(Schema):
    """A child's request: a code to hand over, or for the guardian with this e-mail."""

    email = fields.Email(load_default=None, validate=validate.Length(max=254))


class GuardianInvitationShown(Schema):
    """A request; its code is shown this once, to the child."""

    id = fields.String(required=True)
    child = fields.Nested(Person, required=True)
    expires_at = fields.AwareDateTime(required=True)
    code = fields.String()


class GuardianInvitations(Schema):
    """Requests that wait for the caller."""

    invitations = fields.List(fields.Nested(GuardianInvitationShown), required=True)


class ConsentText(Schema):
    """The words to consent to; their version goes into the consent."""

    version = fields.String(required=True)
    text = fields.String(required=True)


class TextVersion(Schema):
    """Which words were shown and consented to."""

    text_version = fields.String(required=True, validate=validate.Length(1, 20))


class NewConsent(TextVersion):
    """A guardian's consent: by the code that the child's phone shows, or to a request to their e-mail."""

    code = fields.String(load_default=None, load_only=True, validate=validate.Length(1, 40))
    invitation_id = fields.String(load_default=None, validate=validate.Length(max=64))

    @validates_schema
    def _check_one_way(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse both ways at once, and neither."""
        if (data["code"] is None) is (data["invitation_id"] is None):
            raise ValidationError("Give either 'code' or 'invitation_id'.")


class GuardianshipShown(Schema):
    """Who answers for whom; `stage` is `guarded`, then `acts_alone`, then `of_age`."""

    child = fields.Nested(Person, required=True)
    guardian = fields.Nested(Account, required=True)
    since = fields.AwareDateTime(required=True)
    photos = fields.Boolean(required=True)
    stage = fields.Function(lambda guardianship: stage(guardianship.child), metadata={"type": "string"})
    consented = fields.Function(lambda guardianship: _consented(guardianship), metadata={"type": "boolean"})


class Guardianships(Schema):
    """The caller's guardians, or the children whose guardian the caller is."""

    guardianships = fields.List(fields.Nested(GuardianshipShown), required=True)


class PhotosChoice(Schema):
    """Whether the child lets a guardian have the photos too."""

    photos = fields.Boolean(required=True, truthy={True}, falsy={False})


class NewGrantForChild(Schema):
    """With whom a guardian shares the child's timeline, what of it, and until when."""

    email = fields.Email(required=True, validate=validate.Length(max=254))
    scope = fields.String(load_default="photos", validate=validate.OneOf(SCOPES))
    ends_at = EndsAt()


def _consented(guardianship: Guardianship) -> bool:
    return consented(guardianship.child)
