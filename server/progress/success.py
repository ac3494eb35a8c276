"""IGA success as a probability."""

from mobile_models.change import iga_success
from server.timeline.assessment import Grade


def success_probability(before: Grade, now: Grade) -> float | None:
    """P(success) from both distributions, taken as independent; None where a visit has no grade."""
    if before.number is None or now.number is None:
        return None
    return sum(
        earlier * later
        for was, earlier in before.distribution.items()
        for grade, later in now.distribution.items()
        if iga_success(int(was), int(grade))
    )
