"""Names and e-mails as others are shown them: nothing in them that changes how the rest of a line reads."""

import unicodedata

from marshmallow import ValidationError, fields, validate

JOINERS = "\u200c\u200d"
"""Invisible, and part of how names are written in Persian and in Indian scripts."""

DECEPTIVE = ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")
"""Controls, formats such as one that turns the direction of writing round, and line ends."""


def check_name(name: str) -> None:
    """Refuse a name that is blank, or has characters which are not seen. Raises ValidationError."""
    if not name.strip():
        raise ValidationError("Must not be blank.")
    if any(unicodedata.category(each) in DECEPTIVE and each not in JOINERS for each in name):
        raise ValidationError("Must be one line of visible characters.")


def check_ascii(email: str) -> None:
    """Refuse an e-mail with letters that look like those of another's. Raises ValidationError."""
    if not email.isascii():
        raise ValidationError("Must be plain ASCII; write an international domain as xn--….")


class NewEmail(fields.Email):
    """The e-mail of somebody who signs up."""

    def __init__(self) -> None:
        super().__init__(required=True, validate=[validate.Length(max=254), check_ascii])
