"""Numbers, intervals and lists as sentences have them."""

from collections.abc import Sequence

from mobile_models.series.follow import Interval

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def rounded(number: Interval) -> str:
    """Return both ends of an interval, in whole lesions."""
    return f"{number.low:.0f}–{number.high:.0f}"


def whole(number: Interval) -> str:
    """Return a number of lesions with its interval, in whole lesions."""
    return f"{number.mid:.0f} ({rounded(number)})"


def percent(share: float) -> str:
    """Return a probability in per cent."""
    return "Less than 1\u00a0%" if share < 0.01 else f"{100 * share:.0f}\u00a0%"


def number_of(number: int, of: str) -> str:
    """Return "two visits", or "13 visits"."""
    written = NUMBERS[number] if number < len(NUMBERS) else str(number)
    return f"{written} {of}" if number == 1 else f"{written} {of}s"


def ordinal(number: int) -> str:
    """Return "12th"."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th") if number % 100 not in (11, 12, 13) else "th"
    return f"{number}{ending}"


def sentence(text: str) -> str:
    """Return a text as a sentence."""
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"


def listed(zones: Sequence[str]) -> str:
    """Return zones as a list in a sentence."""
    return ", ".join(zones).replace("_", " ")
