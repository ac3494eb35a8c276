"""Acne over months: lesions are born, grow, change type and heal, each at its own place.

Births are a Poisson process whose rate follows the patient's disease activity. An inflamed lesion
swells over days as a papule, may come to a head as a pustule, and leaves a mark that fades over weeks;
comedones last for weeks to months; nodules for weeks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from mobile_models.lesions import TYPES
from training.synthetic.acne import scatter
from training.synthetic.identity import Identity
from training.synthetic.lesions import COMEDO, NODULE, PAPULE, PUSTULE, Lesion
from training.synthetic.sites import Sites

HISTORY_DAYS = 150
_LASTS_DAYS = {COMEDO: (35.0, 95.0), PAPULE: (9.0, 17.0), PUSTULE: (10.0, 17.0), NODULE: (26.0, 56.0)}
# Share of its life that a lesion that comes to a head spends as a pustule.
_HEADED_SHARE = 0.62
_MARK_DAYS = {PAPULE: 26.0, PUSTULE: 38.0, NODULE: 80.0}


@dataclass(frozen=True)
class Activity:
    """Expected lesions of each type on the face, as rows (day, comedo, papule, pustule, nodule), linear between."""

    rows: Sequence[tuple[float, float, float, float, float]]

    def at(self, day: float) -> dict[str, float]:
        """Expected count by type on ``day`` (days from the first visit; before it the first row holds)."""
        table = np.asarray(self.rows, float)
        return {kind: float(np.interp(day, table[:, 0], table[:, 1 + k])) for k, kind in enumerate(TYPES)}


@dataclass(frozen=True)
class Career:
    """One lesion's life: what it is at its height, and when."""

    lesion: Lesion
    born_day: float
    lasts_days: float
    mark_days: float

    def on(self, day: float) -> Lesion | None:
        """The lesion as it is on ``day``, a fading mark afterwards, or None."""
        age = day - self.born_day
        if age < 0 or age > self.lasts_days + self.mark_days:
            return None
        if age > self.lasts_days:
            left = 1 - (age - self.lasts_days) / self.mark_days
            return replace(self.lesion, kind="mark", strength=0.95 * left, diameter_mm=0.85 * self.lesion.diameter_mm)
        part = age / self.lasts_days
        if self.lesion.kind == COMEDO:
            grown = min(1.0, 0.72 + 0.6 * part)
            return replace(self.lesion, diameter_mm=max(1.0, grown * self.lesion.diameter_mm))
        swell = min(1.0, 0.6 + 1.9 * part) * min(1.0, 0.62 + 1.5 * (1 - part))
        kind = self.lesion.kind
        if kind == PUSTULE and not 0.2 < part < 0.2 + _HEADED_SHARE:
            kind = PAPULE
        low = {PAPULE: 1.9, PUSTULE: 2.1, NODULE: 5.2}[kind]
        return replace(
            self.lesion,
            kind=kind,
            diameter_mm=max(low, swell * self.lesion.diameter_mm),
            strength=self.lesion.strength * (0.62 + 0.38 * swell),
        )


def _births(activity: Activity, last_day: float, rng: np.random.Generator) -> list[tuple[float, str, float]]:
    """(day, type, duration) of every lesion from HISTORY_DAYS before the first visit on, by day."""
    born = []
    for day in range(-HISTORY_DAYS, int(last_day) + 1):
        for kind, expected in activity.at(day).items():
            low, high = _LASTS_DAYS[kind]
            headed = _HEADED_SHARE if kind == PUSTULE else 1.0
            for _ in range(rng.poisson(expected / headed / ((low + high) / 2))):
                # A falling expectation also clears what is there: treated comedones do not last out their time.
                lasts = float(rng.uniform(low, high))
                later = activity.at(day + 0.6 * lasts)[kind] / max(expected, 1e-6)
                born.append((day + float(rng.random()), kind, lasts * float(np.clip(later, 0.45, 1.0))))
    return born


def careers(who: Identity, sites: Sites, activity: Activity, last_day: float, moles: int = 2) -> list[Career]:
    """Every lesion of a patient's months, in order of birth, and the moles that stay."""
    rng = np.random.default_rng([who.seed, 71])
    still = [Career(m, -1e4, 2e4, 0) for m in scatter(sites, ["mole"] * moles, rng)]
    lives: list[Career] = []
    for day, kind, lasts in _births(activity, last_day, rng):
        present = [c.lesion for c in lives if c.born_day + c.lasts_days + 10 > day] + [c.lesion for c in still]
        for lesion in scatter(sites, [kind], rng, present):
            mark = _MARK_DAYS.get(kind, 0.0) * float(rng.uniform(0.5, 1.4)) * (1.0 if who.ita > 20 else 1.5)
            lives.append(Career(lesion, day, lasts, mark))
    return lives + still


def on_day(lives: Sequence[Career], day: float) -> list[Lesion]:
    """Everything on the face on one day, moles included; a mole stays a mole."""
    present = []
    for career in lives:
        now = career.lesion if career.lesion.kind == "mole" else career.on(day)
        if now is not None:
            present.append(now)
    return present
