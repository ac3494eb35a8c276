"""Numbers and lists as a sentence has them."""

from collections.abc import Sequence

from mobile_models.series.follow import Interval

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def rounded(number: Interval) -> str:
    """Return an interval, without its middle."""
    return f"{number.low:.0f}–{number.high:.0f}"


def whole(number: Interval) -> str:
    """Return the middle of an interval, and the interval."""
    return f"{number.mid:.0f} ({rounded(number)})"


def percent(share: float) -> str:
    """Return a share of 1 in percent."""
    return "Less than 1\u00a0%" if share < 0.01 else f"{100 * share:.0f}\u00a0%"


def how_many(number: int, of: str) -> str:
    """Return a number of things, in words up to twelve."""
    written = NUMBERS[number] if number < len(NUMBERS) else str(number)
    return f"{written} {of}" if number == 1 else f"{written} {of}s"


def ordinal(number: int) -> str:
    """Return 1st, 2nd, 3rd, 4th and so on."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th") if number % 100 not in (11, 12, 13) else "th"
    return f"{number}{ending}"


def sentence(text: str) -> str:
    """Return a clause with a capital and a full stop."""
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"


def listed(zones: Sequence[str]) -> str:
    """Return zones' names with commas."""
    return ", ".join(zones).replace("_", " ")
