"""What the gate does to degraded photos, in figures: ``gate.json``, and a part of the card."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from training.bootstrap import Figure


@dataclass(frozen=True)
class Alarms:
    """Shares of untouched photos that are warned of, and that are not judged."""

    warned: Figure
    unavailable: Figure


@dataclass(frozen=True)
class Ordinary:
    """Shares of ordinary copies that are warned of, and whose √count stays within ``measure.LOST``."""

    warned: Figure
    held: Figure


@dataclass(frozen=True)
class Kept:
    """Lesions counted, as a share of the untouched photo's: tenth percentile, median and mean."""

    tenth: float
    median: float
    mean: float


@dataclass(frozen=True, kw_only=True)
class Way:
    """What one degradation does to ``n`` copies; ``kept_before`` is without the reference light."""

    n: int
    safe: Figure
    unavailable: Figure
    kept: Kept | None
    kept_before: Kept | None


@dataclass(frozen=True, kw_only=True)
class GateFigures:
    """By source, how many photos and how they fare; by degradation, all real sources together.

    Attributes:
        thresholds: Shares of lesions kept below which the gate warns (``warn_below``) and does not judge
            (``unavailable_below``).
        out_of_fold: Whether each photo was looked at by a fit that it had no part in; otherwise by the bundle's own,
            which was fitted on copies of some of them.
    """

    asked: Mapping[str, int]
    out_of_fold: bool
    thresholds: Mapping[str, float]
    photos: Mapping[str, int]
    untouched: Mapping[str, Alarms]
    ordinary: Mapping[str, Ordinary]
    severe: Mapping[str, Figure]
    ways: Mapping[str, Way]
