"""What was measured, as JSON and back: objects have the names of their dataclass's fields.

A field that is None by default is left out where it is None: that part was not measured.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

from cattrs import BaseValidationError, Converter, transform_error
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

T = TypeVar("T")

CALLED = "called"
"""Key of a field's metadata that holds its name in the JSON, where that is no name in Python."""


def to_json(value: object) -> Any:
    """Return dataclasses, and what holds them, as JSON has it."""
    return _converter.unstructure(value)


def from_json(kind: type[T], value: object) -> T:
    """Return what ``to_json`` made of a dataclass; parts that it does not name are passed over.

    Raises:
        ValueError: the value is no such thing; the message names the field.
    """
    try:
        return _converter.structure(value, kind)
    except BaseValidationError as error:
        raise ValueError(f"no {kind.__name__} as it is written: {'; '.join(transform_error(error))}") from None


def _overrides(kind: Any) -> dict[str, Any]:
    return {
        field.name: override(rename=field.metadata.get(CALLED), omit_if_default=True if field.default is None else None)
        for field in fields(kind)
    }


def _writer(kind: Any) -> Callable[[Any], Mapping[str, Any]]:
    return make_dict_unstructure_fn(kind, _converter, **_overrides(kind))


def _reader(kind: Any) -> Callable[..., Any]:
    return make_dict_structure_fn(kind, _converter, **_overrides(kind))


_converter = Converter()
_converter.register_unstructure_hook_factory(is_dataclass, _writer)
_converter.register_structure_hook_factory(is_dataclass, _reader)
