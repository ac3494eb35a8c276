"""What nobody could establish, of this model or of any on such photos."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from training.card.document import Block, Heading, Items

ALWAYS = (
    "Agreement with human IGA or GEA: no public data pairs counts with such grades.",
    "Whole-face comedo counts: no annotated reference; `non_inflammatory` is experimental.",
    "Nodules: few are annotated, and annotators differ in what they call one.",
    "Photos without the guide: patterned cloth or background beside the face can be counted as lesions. With the "
    "guide only what lies inside the oval counts.",
    "Annotators differ, experts too, in what they count: a count is a prediction of what the annotators of one "
    "named standard would have counted, not the truth.",
    "How acne heals on photos: no follow-up visits with annotated lesions were at hand. Trend is measured on "
    "edited copies.",
)
DARK = ("dark", "brown")


def not_established(measured: Mapping[str, Any]) -> list[Block]:
    """Return what cannot be said, and what this very evaluation had too few photos for."""
    return [Heading("What could not be established"), Items([*ALWAYS, *_here(measured["metrics"], measured["mdc"])])]


def _here(metrics: Mapping[str, Any], mdc: Mapping[str, Any]) -> Iterator[str]:
    real = [groups for source, groups in metrics["tone"].items() if source != "rendered"]
    photos = sum(one["n"] for groups in real for name, one in groups.items() if name in DARK)
    yield (
        "Accuracy on darker skin: no source records skin type, and apparent tone follows the light as much as the "
        f"skin. {photos} of the measured photos of people look brown or dark (ITA up to 10°), all sources together; "
        "that is no evidence for people with dark skin. Treat counts on darker skin with more caution."
    )
    if not mdc["pairs"]:
        yield "Repeatability: no pose was photographed twice; a Poisson count's error stands in."
    else:
        whom = _people(mdc["people"])
        yield f"Repeatability in general: {mdc['pairs']} pairs, but {whom}; provisional."
    if not metrics["clear"]:
        yield "False lesions on clear faces: none were measured."
    for name, words in (("trend", "Trend: no edited photos"), ("views", "Double counts between views: no visits")):
        if name not in metrics:
            yield f"{words} were measured."


def _people(number: int | None) -> str:
    return "of people whose number is not recorded" if number is None else f"of {number} people"
