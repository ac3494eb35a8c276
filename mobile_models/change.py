"""Change from baseline: counts over the zones captured in both visits, and whether noise could make it.

The minimal detectable change is 1.96·√2·SEM on the square-root scale of counts, where their noise is even.
A drop beyond it is a change of this face; it is no proof that a treatment works, as vehicle arms of trials
fall by 40–50 % too.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mobile_models.lesions import INFLAMMATORY, MEASURES, lesions_in
from mobile_models.zones import ZONES


@dataclass(frozen=True)
class VisitCounts:
    """What change is computed from.

    Attributes:
        zones: lesions by captured zone and type; None for a visit without the guide.
        model: id, version and sha256 of the model that counted them.
    """

    zones: Mapping[str, Mapping[str, int]] | None
    model: Mapping[str, str]

    @classmethod
    def from_assessment(cls, assessment: Mapping[str, Any]) -> VisitCounts:
        """Take them from an assessment's JSON, of a photo or of a visit."""
        return cls(zones=assessment["zones"], model=assessment["model"])


@dataclass(frozen=True)
class MeasureChange:
    """One measure's change; percent is None where the baseline has none to fall from."""

    baseline: int
    current: int
    absolute: int
    percent: float | None
    exceeds_mdc: bool


@dataclass(frozen=True)
class Change:
    """Change between two visits, or why there is none.

    Attributes:
        measures: by the names of `MEASURES`; empty when unavailable.
        zones: those captured in both visits.
        unavailable: the reason, None when there is a change to state.
    """

    measures: Mapping[str, MeasureChange]
    zones: tuple[str, ...]
    unavailable: str | None = None


def change(baseline: VisitCounts, current: VisitCounts, mdc: Mapping[str, Any]) -> Change:
    """Change of each measure over the zones captured in both visits.

    Args:
        baseline: the visit that change is measured from.
        current: the visit compared with it.
        mdc: the manifest's "mdc", whose "sem" is on the square-root scale.
    """
    if baseline.zones is None or current.zones is None:
        return Change({}, (), "a visit was taken without the guide, so its zones are not known")
    if dict(baseline.model) != dict(current.model):
        return Change({}, (), "the visits were assessed by different models")
    shared = tuple(zone for zone in ZONES if zone in baseline.zones and zone in current.zones)
    if not shared:
        return Change({}, (), "no zone was captured in both visits")
    measures = {
        measure: _measure_change(
            lesions_in(baseline.zones, shared, measure),
            lesions_in(current.zones, shared, measure),
            float(mdc["sem"][measure]),
        )
        for measure in MEASURES
    }
    return Change(measures, shared)


def minimal_detectable_change(sem: float) -> float:
    """1.96·√2·SEM, in which 95 % of the differences between two measurements of one face lie; of √count as SEM is."""
    return 1.96 * math.sqrt(2) * sem


def exceeds_mdc(baseline: int, current: int, sem: float) -> bool:
    """Whether √count moved by more than the minimal detectable change."""
    return abs(math.sqrt(current) - math.sqrt(baseline)) > minimal_detectable_change(sem)


def iga_success(baseline: int, current: int) -> bool:
    """IGA 0 or 1 and two grades or more below baseline (FDA guidance on acne vulgaris, May 2018)."""
    return current <= 1 and baseline - current >= 2


def weeks_to_half(
    baseline: VisitCounts,
    later: Sequence[tuple[float, VisitCounts]],
    mdc: Mapping[str, Any],
    measure: str = INFLAMMATORY,
) -> float | None:
    """Weeks from baseline to the first visit with half of the baseline's lesions or fewer.

    Args:
        baseline: the visit that change is measured from.
        later: weeks since baseline and visit, in any order; those that cannot be compared are passed over.
        mdc: the manifest's "mdc".
        measure: one of `MEASURES`.

    Returns:
        None when no visit reaches it, or the baseline has no lesion.
    """
    for weeks, visit in sorted(later, key=lambda entry: entry[0]):
        compared = change(baseline, visit, mdc).measures.get(measure)
        if compared and compared.percent is not None and compared.percent <= -50:
            return weeks
    return None


def _measure_change(baseline: int, current: int, sem: float) -> MeasureChange:
    return MeasureChange(
        baseline=baseline,
        current=current,
        absolute=current - baseline,
        percent=100 * (current - baseline) / baseline if baseline else None,
        exceeds_mdc=exceeds_mdc(baseline, current, sem),
    )
