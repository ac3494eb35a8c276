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
        sentences.append(noise_words(noise_of(assessment.model)))
        sentences.append(
            "Comedo counts are experimental: no annotated reference for a whole face exists to check them by."
        )
        sentences.append(
            f"All figures are estimates by the model {assessment.model.id} {assessment.model.version}; "
            "the IGA is derived from counts by thresholds that are not validated. This is not a diagnosis."
        )
    return sentences


def noise_words(noise: Noise | None) -> str:
    """Return what statements rest on, and how often they are wrong."""
    if noise is None:
        return "The measurement error of this model is not known here, so nothing is called a change."
    whom = {None: "very few people", 1: "1 person"}.get(noise.people, f"{noise.people} people")
    status = "provisional, " if noise.provisional else ""
    rests_on = (
        f"What is said rests on all visits and on the measurement error ({status}from {noise.pairs} repeated captures "
        f"of {whom})"
    )
    if noise.false_alarms is None:
        return f"{rests_on}."
    usual, most = (f"{100 * share:.0f}" for share in noise.false_alarms)
    return (
        f"{rests_on}; in simulated years of weekly looks something false is said of up to {usual} in 100 stable "
        f"patients, and of up to {most} where acne fluctuates more or photos are spoilt."
    )
