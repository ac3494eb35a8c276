"""From candidates to counts: what a reference annotator would count here, and how far that may be off.

Every candidate stands for some expected number of lesions of each type, and a face holds a few more than
any candidate shows (`base`). Sums of these are means of negative binomial counts. The value given for a
group is its rounded mean; it is split over types, and as many lesions are drawn.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mobile_models import negative_binomial
from mobile_models.calibration import Calibration
from mobile_models.lesions import (
    GROUPS,
    INFLAMMATORY,
    NODULE,
    NON_INFLAMMATORY,
    TOTAL,
    TYPES,
    Count,
    FloatArray,
    IntArray,
)
from mobile_models.zones import SIDES, ZONES, side_shares

UNCOUNTED = -1


@dataclass(frozen=True)
class ExpectedCounts:
    """Mean lesions by zone, side and type, with the scatter of each group around its mean.

    Attributes:
        zones: the captured zones; empty for a photo taken without the guide.
        mean: [zones, sides, types]; without the guide one unnamed zone, all on the first side.
        alpha: of each group, see `negative_binomial`.
    """

    zones: tuple[str, ...]
    mean: FloatArray
    alpha: Mapping[str, float]

    def group_mean(self, group: str) -> float:
        """Expected lesions of a group, wherever they are."""
        return float(self.mean[:, :, GROUPS[group]].sum())

    def group_pmf(self, group: str) -> FloatArray:
        """Probability of each number of lesions of a group."""
        return negative_binomial.pmf(self.group_mean(group), self.alpha[group])

    def by_zone(self) -> dict[str, dict[str, float]]:
        """Mean lesions of each type and group in each captured zone, to four decimals."""
        members = {**{kind: [place] for place, kind in enumerate(TYPES)}, **GROUPS}
        cells = zip(self.zones, self.mean.sum(axis=1), strict=True)
        return {
            zone: {name: round(float(mean[list(kinds)].sum()), 4) for name, kinds in members.items()}
            for zone, mean in cells
        }

    def nodule_share(self) -> float:
        """Share of nodules in the inflammatory lesions expected."""
        inflammatory = self.group_mean(INFLAMMATORY)
        return float(self.mean[:, :, NODULE].sum()) / inflammatory if inflammatory else 0.0

    def nodules_at_least(self, number: int) -> float:
        """P(so many nodules or more): a share of the inflammatory count, taken lesion by lesion."""
        pmf = self.group_pmf(INFLAMMATORY)
        return float(pmf @ negative_binomial.thinned(len(pmf), self.nodule_share(), number)[:, number])


def expected_counts(
    expected_lesions: FloatArray,
    zone: IntArray,
    side: IntArray,
    captured: Sequence[str],
    area_share: Mapping[str, float],
    calibration: Calibration,
) -> ExpectedCounts:
    """Add up what the candidates that count stand for, and the base spread over the captured area.

    Args:
        expected_lesions: [n, 4] from `Calibration.expected_lesions`, over all photos of the visit.
        zone: [n] position in `ZONES`; zero throughout without the guide.
        side: [n] position in `SIDES`; zero throughout without the guide.
        captured: the captured zones in the order of `ZONES`; empty without the guide, where the photo is
            one zone of share 1.
        area_share: each zone's share of the face.
        calibration: the model's.
    """
    everywhere = np.zeros((len(ZONES), len(SIDES), len(TYPES)))
    np.add.at(everywhere, (zone, side), expected_lesions)
    mean = everywhere[[ZONES.index(z) for z in captured] or [0]]
    areas = np.array([[area_share[z] * s for s in side_shares(z)] for z in captured] or [[1.0, 0.0]])
    for name, members in GROUPS.items():
        seen = expected_lesions[:, members].sum(axis=0)
        shares = seen / seen.sum() if seen.sum() > 0 else np.full(len(members), 1 / len(members))
        mean[:, :, members] += calibration.groups[name].base * areas[:, :, None] * shares
    return ExpectedCounts(tuple(captured), mean, {name: g.alpha for name, g in calibration.groups.items()})


def counts_of(expected: ExpectedCounts, candidates: int, interval: float) -> dict[str, Count]:
    """Counts of each type, each group and the total.

    A group's value is its mean rounded half up, but never more than there are candidates to draw;
    inflammatory lesions have the first claim on them. Types share the group's value by largest remainder.
    An interval is widened where its value falls outside.
    """
    by_type: dict[str, Count] = {}
    by_group: dict[str, Count] = {}
    left = candidates
    for name, members in GROUPS.items():
        means = expected.mean[:, :, members].sum(axis=(0, 1))
        value = min(math.floor(means.sum() + 0.5), left)
        left -= value
        for member, mean, type_value in zip(members, means, apportion(value, means), strict=True):
            pmf = negative_binomial.pmf(float(mean), expected.alpha[name])
            by_type[TYPES[member]] = _count(type_value, float(mean), pmf, interval)
        by_group[name] = _count(value, float(means.sum()), expected.group_pmf(name), interval)
    total = _count(
        sum(c.value for c in by_group.values()),
        sum(c.expected for c in by_group.values()),
        np.convolve(expected.group_pmf(INFLAMMATORY), expected.group_pmf(NON_INFLAMMATORY)),
        interval,
    )
    return {name: by_type[name] for name in TYPES} | by_group | {TOTAL: total}


def apportion(value: int, shares: FloatArray) -> list[int]:
    """Split a whole number in proportion to shares by largest remainder; ties go to the earlier one."""
    if value == 0:
        return [0] * len(shares)
    quotas = value * shares / shares.sum()
    whole = np.floor(quotas).astype(int)
    for position in np.argsort(whole - quotas, kind="stable")[: value - int(whole.sum())]:
        whole[position] += 1
    return [int(n) for n in whole]


def choose_counted(expected_lesions: FloatArray, values: Sequence[int]) -> IntArray:
    """[n] the type each candidate is counted and drawn as, or `UNCOUNTED`.

    Each group, inflammatory first, takes the candidates that most stand for it. Its types are then given
    out by how sure they are, each as often as it is counted: so picture and numbers agree, and a lesion is
    called another type than its likeliest only where that type's number is used up. Ties go to the better
    score, as candidates come best first.

    Args:
        expected_lesions: [n, 4] of the candidates that may count.
        values: how many of each type to take; at most n together.
    """
    counted = np.full(len(expected_lesions), UNCOUNTED, dtype=np.int64)
    for members in GROUPS.values():
        left = {kind: values[kind] for kind in members}
        free = np.flatnonzero(counted == UNCOUNTED)
        stands_for = expected_lesions[:, members].sum(axis=1)
        chosen = free[np.argsort(-stands_for[free], kind="stable")[: sum(left.values())]]
        sure = expected_lesions[chosen][:, members] / np.maximum(stands_for[chosen], 1e-12)[:, None]
        for place in np.argsort(-sure.ravel(), kind="stable"):
            candidate, kind = chosen[place // len(members)], members[place % len(members)]
            if left[kind] and counted[candidate] == UNCOUNTED:
                counted[candidate] = kind
                left[kind] -= 1
    return counted


def _count(value: int, mean: float, pmf: FloatArray, interval: float) -> Count:
    low, high = negative_binomial.central_interval(pmf, interval)
    return Count(value=value, low=min(low, value), high=max(high, value), expected=mean)
