"""What may be said of a change, in words: never more than the counts and their noise allow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from mobile_models.change import MeasureChange
from server.progress.change import Change, weeks_to_half
from server.progress.progress import Progress
from server.progress.released import Mdc, mdc_of

IGA_WORDS = ("clear", "almost clear", "mild", "moderate", "severe")


@dataclass(frozen=True)
class Verdict:
    """One measure's change: what is said, why, and its `tone` (better, worse, same or unknown)."""

    says: str
    because: str
    tone: str


_FIRST = Verdict("First assessed visit", "Change is stated from the next one on.", "unknown")


def verdicts(progress: Progress) -> Mapping[str, Verdict]:
    """Return what is said of the inflammatory count, the comedones and the IGA."""
    change = progress.change
    if change is None:
        return dict.fromkeys(("inflammatory", "non_inflammatory", "IGA"), _FIRST)
    if change.unavailable:
        cannot = Verdict("Cannot be compared with the baseline", f"{change.unavailable}.".capitalize(), "unknown")
        return dict.fromkeys(("inflammatory", "non_inflammatory", "IGA"), cannot)
    return {
        "inflammatory": count_verdict(change, "inflammatory", _half_reached(progress)),
        "non_inflammatory": experimental_verdict(change, "non_inflammatory"),
        "IGA": iga_verdict(change),
    }


def count_verdict(change: Change, measure: str, further: str = "") -> Verdict:
    """Return what is said of a count: a change only beyond the minimal detectable one."""
    difference = change.counts[measure]
    steps = _steps(difference)
    if change.partial:
        further = f"Over the zones captured in both visits: {_listed(change.zones)}. {further}"
    if not difference.exceeds_mdc:
        because = "The difference is within what measuring the same face twice would give."
        return Verdict(f"No detectable change: {steps}", f"{because} {further}".strip(), "same")
    tone, word = ("better", "Fewer") if difference.absolute < 0 else ("worse", "More")
    because = "The difference is larger than measuring the same face twice would give."
    return Verdict(f"{word} than at the baseline: {steps}", f"{because} {further}".strip(), tone)


def experimental_verdict(change: Change, measure: str) -> Verdict:
    """Return what is said of a count that has no reference to be checked by: both numbers, and no verdict."""
    difference = change.counts[measure]
    because = "Whether that is a change can not be told while the count is experimental."
    return Verdict(f"{difference.baseline}\u00a0→\u00a0{difference.current} since the baseline", because, "unknown")


def iga_verdict(change: Change) -> Verdict:
    """Return what is said of the IGA, with trials' definition of success beside it."""
    before, after = change.iga
    if before is None or after is None:
        return Verdict("Cannot be compared with the baseline", "One of the two visits has no IGA.", "unknown")
    goal = "Trials call 0 or 1, with a drop of two grades or more, a success: "
    reached = "these estimates meet that." if change.iga_success else "these estimates do not meet that."
    says = f"Estimate {before} at the baseline, {after} now"
    return Verdict(says if before != after else f"Estimate {after}, as at the baseline", goal + reached, "same")


def caveats(progress: Progress) -> list[str]:
    """Return what must be known beside the figures, plainly."""
    sentences = [
        "A fall does not show that a treatment works: in trials, counts fall by 40–50 % within 12 weeks on placebo too."
    ]
    if progress.latest and progress.latest.assessment:
        assessment = progress.latest.assessment
        mdc = mdc_of(assessment.model)
        sentences.append(_mdc_words(mdc))
        sentences.append(
            "Comedo counts are experimental: no annotated reference for a whole face exists to check them by."
        )
        sentences.append(
            f"All figures are estimates by the model {assessment.model.id} {assessment.model.version}; "
            "the IGA is derived from counts by thresholds that are not validated. This is not a diagnosis."
        )
    return sentences


@dataclass(frozen=True)
class SinceBaseline:
    """The change in inflammatory lesions since the baseline on `day`, or why there is none to state.

    `day` is None until a second visit is assessed, and `assessed` False until a first one is.
    """

    assessed: bool
    day: date | None = None
    inflammatory: MeasureChange | None = None
    unavailable: str | None = None


def since_baseline(progress: Progress) -> SinceBaseline:
    """Return the change in inflammatory lesions from a progress's baseline to its latest visit."""
    if progress.change is None or progress.baseline is None:
        return SinceBaseline(progress.latest is not None)
    change = progress.change
    return SinceBaseline(True, progress.baseline.day, change.counts.get("inflammatory"), change.unavailable)


def change_line(change: SinceBaseline) -> str:
    """Return the change in inflammatory lesions in one short sentence, for a list."""
    if change.day is None:
        return "First assessed visit." if change.assessed else "Not assessed yet."
    since = f"Since {change.day:%-d %b %Y}"
    difference = change.inflammatory
    if difference is None:
        return f"{since}: cannot be compared, {change.unavailable}."
    steps = _steps(difference)
    if not difference.exceeds_mdc:
        return f"{since}: no detectable change, {steps}."
    return f"{since}: {'fewer' if difference.absolute < 0 else 'more'}, {steps}."


def extent(progress: Progress) -> str:
    """Return how many visits over how long."""
    count = len(progress.visits)
    if not count:
        return "No visits yet"
    if count == 1:
        return f"1 visit, on {progress.visits[0].day:%-d %B %Y}"
    span = {0: "less than a week", 1: "a week"}.get(progress.weeks, f"{progress.weeks} weeks")
    return f"{count} visits in {span}, the last on {progress.visits[-1].day:%-d %B %Y}"


def _half_reached(progress: Progress) -> str:
    if progress.baseline is None:
        return ""
    later = [visit for visit in progress.assessed if visit.at > progress.baseline.at]
    weeks = weeks_to_half(progress.baseline, later)
    return "" if weeks is None else f"Half of the baseline’s number was first reached in week {weeks:.0f}."


def _listed(zones: Sequence[str]) -> str:
    return ", ".join(zone.replace("_", " ") for zone in zones)


def _mdc_words(mdc: Mdc | None) -> str:
    if mdc is None:
        return "The minimal detectable change of this model is not known here, so nothing is called a change."
    whom = {None: "very few people", 1: "1 person"}.get(mdc.people, f"{mdc.people} people")
    captures = f"{mdc.pairs} repeated captures of {whom}"
    status = "provisional, " if mdc.provisional else ""
    return f"A difference is called a change only beyond the minimal detectable change ({status}from {captures})."


def _steps(difference: MeasureChange) -> str:
    """Return baseline and current, with the percentage only where there is a change to give it of."""
    steps = f"{difference.baseline}\u00a0→\u00a0{difference.current}"
    if difference.exceeds_mdc and difference.percent is not None:
        steps += f"\u00a0({_signed_percent(difference.percent)})"
    return steps


def _signed_percent(percent: float) -> str:
    sign = "−" if percent < 0 else "+"
    return f"{sign}{abs(percent):.0f}\u00a0%"
