"""The outlook to week 12 of a course: what people whose first weeks looked alike mostly come to. Never a promise."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mobile_models.series.constants import Constants
from mobile_models.series.follow import Interval, interval, normal, z_of
from mobile_models.series.kalman import Filter, Setting
from mobile_models.series.visits import Visit

PUBLISHED = json.loads((Path(__file__).parent / "published.json").read_text(encoding="utf-8"))
"""Published trials that the priors rest on."""


@dataclass(frozen=True)
class Outlook:
    """What a course is heading for.

    Attributes:
        week: of the series, in which the course is in its 12th week.
        number: lesions on the face then, with the interval of the constants.
        half: probability that the level is then at half of the base or below.
    """

    week: float
    number: Interval
    half: float


def is_active(drug: str) -> bool | None:
    """Whether a drug of that name is known to do more than a vehicle; None for one that no outlook is given for."""
    name = drug.lower()
    if any(part in name for part in PUBLISHED["not_for"]):
        return None
    return any(part in name for entry in PUBLISHED["drugs"] for part in entry["names"])


def outlook(visits: Sequence[Visit], start: float, *, active: bool, constants: Constants) -> Outlook | None:
    """The outlook of one course from the visits so far.

    Args:
        visits: in order, already checked by `follow`.
        start: week in which the course began.
        active: whether the drug is known to do more than a vehicle; see `published.json`.
        constants: the model's numbers.

    Returns:
        None before its first week of outlook, in the last week before its end, when the end can as well be waited for,
        or where no visit lies before the start.
    """
    rule, last = constants.outlook, visits[-1].week
    if visits[0].week > start or not rule.from_week <= last - start <= rule.week - 1:
        return None
    filter_ = Filter(constants, Setting.of(visits, [start]), rule.active if active else rule.unknown)
    for visit in visits:
        filter_.update(visit)
    filter_.predict(start + rule.week)
    number = interval(*filter_.measure(filter_.contrast(base=1.0, ups_and_downs=1.0)), constants.quantile)
    half = normal(z_of(*filter_.measure(filter_.contrast(base=1 - math.sqrt(0.5)))))
    return Outlook(filter_.week, number, half)
