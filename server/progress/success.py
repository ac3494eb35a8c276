"""IGA success as a probability: 0 or 1, and two grades or more lower (FDA guidance on acne vulgaris, May 2018)."""

from server.timeline.assessment import Grade


def success_probability(before: Grade, now: Grade) -> float | None:
    """P(success) from both distributions, taken as independent; None where a visit has no grade."""
    if before.number is None or now.number is None:
        return None
    return sum(
        earlier * later
        for was, earlier in before.distribution.items()
        for grade, later in now.distribution.items()
        if int(grade) <= 1 and int(was) - int(grade) >= 2
    )
