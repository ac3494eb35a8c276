"""What values a knob may have; a message names the knob, the value and the remedy."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from mobile_models.lesions import TYPES

Rule = tuple[Callable[[Any], bool], str]


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _whole(least: int, step: int = 1) -> Rule:
    meaning = f"a whole number from {least}" + (f" in steps of {step}" if step > 1 else "")
    return (lambda v: isinstance(v, int) and not isinstance(v, bool) and v >= least and v % step == 0), meaning


def _between(low: float, high: float, open_end: bool = False) -> Rule:
    meaning = f"a number from {low:g} to {'below ' if open_end else ''}{high:g}"
    return (lambda v: _number(v) and (low <= v < high if open_end else low <= v <= high)), meaning


def _list(length: int, meaning: str) -> Rule:
    def fits(value: Any) -> bool:
        return isinstance(value, (list, tuple)) and len(value) == length and all(_number(v) and v > 0 for v in value)

    return fits, meaning


ABOVE_ZERO: Rule = (lambda v: _number(v) and v > 0), "a number above 0, written with its zeros (0.001, not 1e-3)"

TRAIN: dict[str, Rule] = {
    "steps": _whole(1),
    "batch": _whole(1),
    "size_px": _whole(64, 32),
    "learning_rate": ABOVE_ZERO,
    "weight_decay": _between(0, 1),
    "warmup_steps": _whole(0),
    "ema_decay": _between(0, 1, open_end=True),
    "seed": _whole(0),
    "checkpoint_every": _whole(1),
    "one_to_one_from": _between(0, 1),
    "type_weights": _list(len(TYPES), f"{len(TYPES)} numbers above 0: {', '.join(TYPES)}"),
    "quarter_turns": _between(0, 1),
    "cache_gib": _between(0, 4096),
    "device": ((lambda v: re.fullmatch(r"auto|cpu|cuda(:\d+)?", str(v)) is not None), "auto, cpu, cuda or cuda:N"),
}
SOURCE: dict[str, Rule] = {
    "share": _between(0, 1e6),
    "scale": (
        (lambda v: _list(2, "")[0](v) and v[0] <= v[1]),
        "[smallest, largest] magnification of a photo brought to 640 px, such as [0.7, 1.5]",
    ),
    "held_out": _between(0, 1, open_end=True),
    "split": ((lambda v: isinstance(v, str)), "the name of a split, such as train"),
    "also": ((lambda v: isinstance(v, str)), "the name of a folder of labels beside labels, such as labels_v2"),
}


def check(values: dict[str, Any], rules: dict[str, Rule], place: str, missing: set[str]) -> None:
    """Check each value by its rule; a knob without a rule is checked by whoever reads it.

    Args:
        values: Knobs by name.
        rules: What each may be.
        place: The file, and the section in it, for messages.
        missing: Required knobs that are not there.

    Raises:
        ValueError: naming the knob, its value and what it may be.
    """
    if missing:
        wanted = "; ".join(f"{name}: {rules[name][1]}" for name in sorted(missing))
        raise ValueError(f"{place}: missing {wanted}. training/clinic.yaml shows every knob")
    for name, value in values.items():
        if name in rules and not rules[name][0](value):
            raise ValueError(f"{place}: {name} is {value!r}; give {rules[name][1]}")
