"""What must be known beside the figures."""

from server.progress.progress import Progress
from server.progress.released import Noise, noise_of


def caveats(progress: Progress) -> list[str]:
    """Return what must be known beside the figures, plainly."""
    sentences = [
        "Whether a treatment did it cannot be told: in trials, counts fall by 40–50 % within 12 weeks on placebo too."
    ]
    if progress.latest and progress.latest.assessment:
        assessment = progress.latest.assessment
        sentences.append(_noise_words(noise_of(assessment.model)))
        sentences.append(
            "Comedo counts are experimental: no annotated reference for a whole face exists to check them by."
        )
        sentences.append(
            f"All figures are estimates by the model {assessment.model.id} {assessment.model.version}; "
            "the IGA is derived from counts by thresholds that are not validated. This is not a diagnosis."
        )
    return sentences


def _noise_words(noise: Noise | None) -> str:
    if noise is None:
        return "The measurement error of this model is not known here, so nothing is called a change."
    whom = {None: "very few people", 1: "1 person"}.get(noise.people, f"{noise.people} people")
    status = "provisional, " if noise.provisional else ""
    return (
        f"What is said rests on all visits and on the measurement error ({status}from {noise.pairs} repeated captures "
        f"of {whom}); in a year of weekly looks something false is said of about one stable patient in seven."
    )
