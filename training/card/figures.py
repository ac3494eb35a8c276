"""How a measured figure is put into words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from training.evaluation.skin_tone import UNSEEN


def shown(figure: Mapping[str, float], digits: int = 2) -> str:
    """Return "0.69 (0.67 to 0.71)", or that it is not established."""
    if "value" not in figure:
        return f"not established (n = {figure['n']})"
    value, low, high = (_number(figure[name], digits) for name in ("value", "low", "high"))
    return f"{value} ({low} to {high})"


def percent(figure: Mapping[str, float]) -> str:
    """Return "79 % (74 to 84)", or that it is not established."""
    if "value" not in figure:
        return f"not established (n = {figure['n']})"
    value, low, high = (f"{100 * figure[name]:.0f}" for name in ("value", "low", "high"))
    return f"{value} % ({low} to {high})"


def tones_established(tone: Mapping[str, Any]) -> bool:
    """Return whether any figure of any apparent tone is established."""
    return any(
        "value" in figure
        for groups in tone.values()
        for name, one in groups.items()
        for figure in (one.get("centre_F1", {}), one.get("bias", {}))
        if name != UNSEEN
    )


def named(sources: Mapping[str, Any], notes: Mapping[str, str]) -> list[str]:
    """Return what must be known of these sources, a sentence each."""
    return [f"`{name}`: {notes[name]}" for name in sources if name in notes]


def _number(value: float, digits: int) -> str:
    text = f"{value:.{digits}f}"
    return text.removeprefix("-") if float(text) == 0 else text
