"""The wire shape of passwords, recovery codes and second factors."""

from marshmallow import Schema, fields, validate

from server.people.account_schemas import NewPassword, Password


class PasswordOnly(Schema):
    """The caller's password, once more."""

    password = Password()


class PasswordChange(PasswordOnly):
    """The caller's password and the one in its place."""

    new_password = NewPassword()


class Recovery(Schema):
    """A new password by a recovery code."""

    email = fields.String(required=True, validate=validate.Length(max=254))
    code = fields.String(required=True, load_only=True, validate=validate.Length(1, 40))
    new_password = NewPassword()


class Codes(Schema):
    """Ten recovery codes: shown this once, and the only ones from now on."""

    codes = fields.List(fields.String(), required=True)


class Secret(Schema):
    """What an authenticator needs: the secret in base32, and the URI that holds it for a QR code."""

    secret = fields.String(required=True)
    uri = fields.String(required=True)


class Digits(Schema):
    """What the authenticator shows now."""

    code = fields.String(required=True, load_only=True, validate=validate.Length(1, 40))


class Removal(PasswordOnly, Digits):
    """Both proofs."""
