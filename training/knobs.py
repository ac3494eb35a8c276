"""Kinds of knobs, and reading a section of them; a message names the file, the knob, its value and what it may be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate


class Number(fields.Float):
    """A number that is written as one: a text such as '1e-3', which YAML makes of 1e-3, is refused."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> float:
        if isinstance(value, str):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **kwargs)


def whole(least: int, step: int = 1, *, required: bool = False) -> fields.Integer:
    """A whole number."""
    may_be = f"a whole number from {least}" + (f" in steps of {step}" if step > 1 else "")
    rules: list[Callable[[Any], Any]] = [validate.Range(least), _holds(lambda number: number % step == 0)]
    return fields.Integer(strict=True, required=required, validate=rules, metadata={"may_be": may_be})


def between(low: float, high: float, *, below: bool = False, required: bool = False) -> Number:
    """A number of a range, whose upper end belongs to it unless it is to be ``below``."""
    may_be = f"a number from {low:g} to {'below ' if below else ''}{high:g}"
    rule = validate.Range(low, high, max_inclusive=not below)
    return Number(required=required, validate=rule, metadata={"may_be": may_be})


def above_zero(*, required: bool = False) -> Number:
    """A number above 0."""
    may_be = "a number above 0, written with its zeros (0.001, not 1e-3)"
    return Number(required=required, validate=validate.Range(0, min_inclusive=False), metadata={"may_be": may_be})


def numbers(count: int, may_be: str, *, rising: bool = False, required: bool = False) -> fields.Tuple:
    """So many numbers above 0; a ``rising`` list never falls."""
    each = tuple(above_zero() for _ in range(count))
    rule = _holds(lambda values: list(values) == sorted(values)) if rising else None
    return fields.Tuple(each, required=required, validate=rule, metadata={"may_be": may_be})


def word(may_be: str, pattern: str = "") -> fields.String:
    """A text that matches a pattern from its beginning to its end."""
    return fields.String(validate=validate.Regexp(pattern), metadata={"may_be": may_be})


def names(may_be: str, *, required: bool = False) -> fields.List[str]:
    """A list of texts."""
    return fields.List(fields.String(), required=required, metadata={"may_be": may_be})


def load(schema: Schema, values: object, place: str, example: str) -> dict[str, Any]:
    """Read a section: its knobs by name.

    Args:
        schema: Of fields made by the functions above.
        values: The section as the file has it.
        place: The file, and the section in it, for messages.
        example: What such a section looks like, and the file that shows all of its knobs.

    Raises:
        ValueError: no section, or a knob is missing, unknown or out of range; the message names it and the remedy.
    """
    if not isinstance(values, dict):
        raise ValueError(f"{place}: is {values!r}; {example}")
    if unknown := set(values) - set(schema.fields):
        raise ValueError(f"{place}: unknown knob(s) {sorted(map(str, unknown))}; known are {sorted(schema.fields)}")
    may_be = {name: field.metadata.get("may_be", "a section") for name, field in schema.fields.items()}
    if missing := {name for name, field in schema.fields.items() if field.required} - set(values):
        wanted = "; ".join(f"{name}: {may_be[name]}" for name in sorted(missing))
        raise ValueError(f"{place}: missing {wanted}. {example}")
    try:
        loaded: dict[str, Any] = schema.load(values)
    except ValidationError as error:
        wrong = next(name for name in values if name in error.messages_dict)
        raise ValueError(f"{place}: {wrong} is {values[wrong]!r}; give {may_be[wrong]}") from None
    return loaded


def _holds(rule: Callable[[Any], bool]) -> Callable[[Any], None]:
    def check(value: Any) -> None:
        if not rule(value):
            raise ValidationError("breaks the rule")

    return check
