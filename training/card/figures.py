"""How a measured figure is put into words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from training.bootstrap import Figure
from training.evaluation.compare import Difference, Interval, verdict
from training.evaluation.skin_tone import UNSEEN
from training.evaluation.tone import ToneFigures


def shown(figure: Figure | Interval, digits: int = 2) -> str:
    """Return "0.69 (0.67 to 0.71)", or that it is not established."""
    return _with_interval(figure, lambda value: _number(value, digits))


def percent(figure: Figure) -> str:
    """Return "79 % (74 to 84)", or that it is not established."""
    return _with_interval(figure, lambda value: f"{100 * value:.0f}", " %")


def difference(measured: Difference, more_is_better: bool) -> str:
    """Return "+0.100 (+0.050 to +0.150), **better**", without the verdict where none is shown."""
    conclusion = verdict(measured, more_is_better)
    text = f"{measured.value:+.3f} ({measured.low:+.3f} to {measured.high:+.3f})"
    return text if conclusion == "no difference shown" else f"{text}, **{conclusion}**"


def range_of(shares: Iterable[float]) -> str:
    """Return "3–12", the least and the most of some shares in hundredths, or the one number that all of them are."""
    each = [round(100 * share) for share in shares]
    return f"{min(each)}" if min(each) == max(each) else f"{min(each)}–{max(each)}"


def tones_established(tone: Mapping[str, Mapping[str, ToneFigures]]) -> bool:
    """Return whether any figure of any apparent tone is established."""
    return any(
        figure is not None and figure.value is not None
        for groups in tone.values()
        for name, figures in groups.items()
        for figure in (figures.centre_F1, figures.bias)
        if name != UNSEEN
    )


def _with_interval(figure: Figure | Interval, number: Callable[[float], str], unit: str = "") -> str:
    if isinstance(figure, Figure) and not figure.established:
        return f"not established (n = {figure.n})"
    value, low, high = (number(float(bound)) for bound in (figure.value, figure.low, figure.high) if bound is not None)
    return f"{value}{unit} ({low} to {high})"


def _number(value: float, digits: int) -> str:
    text = f"{value:.{digits}f}"
    return text.removeprefix("-") if float(text) == 0 else text
