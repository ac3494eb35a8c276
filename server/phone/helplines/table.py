"""The operator's table, `ACNETRACK_HELPLINES`: a JSON file of emergency numbers and helplines by country."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from server.foundation.config import Config, ConfigError
from server.people.accounts.ages import countries

NUMBER = validate.Regexp(r"\+?[0-9][0-9 ()/-]{0,30}\Z", error="Must be a telephone number.")
WORDS = validate.Length(1, 300)


class Line(Schema):
    """Somebody to talk to."""

    name = fields.String(required=True, validate=WORDS)
    number = fields.String(required=True, validate=NUMBER)


class Country(Schema):
    """Whom to call in one country, where that was read and when it was last tried."""

    emergency = fields.String(required=True, validate=NUMBER)
    lines = fields.List(fields.Nested(Line), required=True)
    source = fields.String(required=True, validate=WORDS)
    checked_on = fields.Date(required=True)


class Helplines(Schema):
    """Countries by their two letters; one that is here stands in place of the app's own."""

    countries = fields.Dict(
        keys=fields.String(validate=validate.OneOf(sorted(countries()), error="Is no country's two letters.")),
        values=fields.Nested(Country),
        required=True,
    )


NONE: dict[str, Any] = {"countries": {}}


def helplines(config: Config) -> dict[str, Any]:
    """Return the operator's table, without any country where they have none.

    Raises:
        ConfigError: the file cannot be read, or is not as `Helplines` says.
    """
    if not config.helplines:
        return NONE
    path = Path(config.helplines)
    try:
        return _read(path, path.stat().st_mtime_ns)
    except (OSError, ValueError, ValidationError) as error:
        why = error.messages if isinstance(error, ValidationError) else error
        raise ConfigError(f"ACNETRACK_HELPLINES cannot be used: {path}: {why}; mend the file, or unset it.") from error


@lru_cache(maxsize=4)
def _read(path: Path, _mtime_ns: int) -> dict[str, Any]:
    read: dict[str, Any] = Helplines().load(json.loads(path.read_bytes()))
    return read
