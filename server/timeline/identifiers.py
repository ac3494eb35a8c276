"""What an id on the wire may be: the client's own choice, within a rule that no program trips over."""

import re
from collections.abc import Callable

from marshmallow import ValidationError, validate

ID_PATTERN = r"[A-Za-z0-9_.-]{8,64}"
ID_RULE = (
    "Must be 8 to 64 letters, digits, dots, dashes or underscores, one letter or digit at least,"
    " and no name that JavaScript's objects inherit, as constructor."
)
INHERITED = frozenset(
    {
        "__defineGetter__",
        "__defineSetter__",
        "__lookupGetter__",
        "__lookupSetter__",
        "__proto__",
        "constructor",
        "hasOwnProperty",
        "isPrototypeOf",
        "propertyIsEnumerable",
        "toLocaleString",
        "toString",
    }
)
"""An app that looks rows up in a plain object by their ids finds something else under these."""


def is_identifier(text: str) -> bool:
    """Return whether a row can have this id."""
    return re.fullmatch(ID_PATTERN, text) is not None and not _trips(text)


def _trips(text: str) -> bool:
    return text in INHERITED or not any(character.isalnum() for character in text)


def _refuse_tripping(text: str) -> None:
    if re.fullmatch(ID_PATTERN, text) and _trips(text):
        raise ValidationError(ID_RULE)


IDENTIFIER: list[Callable[[str], object]] = [validate.Regexp(rf"{ID_PATTERN}\Z", error=ID_RULE), _refuse_tripping]
