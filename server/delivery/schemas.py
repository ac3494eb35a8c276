"""What a phone says of itself when it asks for a model."""

from marshmallow import Schema, ValidationError, fields, validate

from mobile_models.version import Version

PLATFORMS = ("android", "ios", "web")


class VersionField(fields.Field[Version]):
    """A semantic version."""

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> Version:
        try:
            return Version.parse(str(value))
        except ValueError as error:
            raise ValidationError("Must be a semantic version, as 1.4.0.") from error


class ManifestQuery(Schema):
    """Which app asks, and which version it holds."""

    platform = fields.String(required=True, validate=validate.OneOf(PLATFORMS))
    app_version = VersionField(required=True, metadata={"description": "The app's own version, as 1.4.0."})
    held = fields.String(
        load_default=None,
        metadata={"description": "The model's version that the phone holds; 410 where it was withdrawn."},
    )
