"""A face's acne on one day: which lesions, how many, where and how large."""

from __future__ import annotations

import numpy as np

from mobile_models.lesions import TYPES
from mobile_models.zones import ZONES
from training.array import Array
from training.synthetic.field import Point
from training.synthetic.identity import Identity
from training.synthetic.lesions import COMEDO, NODULE, PAPULE, PUSTULE, Lesion
from training.synthetic.sites import Sites

DIAMETER_MM = {
    COMEDO: (1.0, 2.0),
    PAPULE: (2.0, 4.6),
    PUSTULE: (2.2, 4.6),
    NODULE: (6.0, 11.0),
    "mark": (1.8, 4.5),
    "mole": (1.2, 2.6),
    "naevus": (1.4, 5.0),
    "freckle": (0.7, 2.4),
    "stain": (1.8, 5.5),
    "melasma": (8.0, 26.0),
    "scar": (1.0, 4.0),
    "flush": (16.0, 44.0),
}
_ZONE_WEIGHT = dict(zip((*ZONES, ""), (1.2, 1.0, 1.0, 0.8, 1.3, 0.3), strict=True))


def scatter(
    sites: Sites,
    kinds: list[str],
    rng: np.random.Generator,
    taken: list[Lesion] | None = None,
    focus: str | None = None,
) -> list[Lesion]:
    """Place one lesion of each kind without overlap; ``focus`` draws them towards one zone."""
    placed: list[Lesion] = []
    weight = np.array([_ZONE_WEIGHT[z] * (3.0 if z == focus else 1.0) for z in sites.zone])
    weight /= weight.sum()
    others = [(np.asarray(t.place), t.diameter_mm) for t in taken or []]
    for kind in sorted(kinds, key=lambda k: -DIAMETER_MM[k][1]):
        low, high = DIAMETER_MM[kind]
        diameter = float(low + (high - low) * rng.beta(1.3, 1.8))
        for _ in range(12):
            i = int(rng.choice(len(weight), p=weight))
            p = sites.place[i]
            if kind == NODULE and sites.zone[i] == "nose":
                continue
            if all(np.linalg.norm(p - q) > 0.62 * (diameter + e) + 0.6 for q, e in others):
                opened = kind == COMEDO and bool(rng.random() < (0.75 if sites.zone[i] == "nose" else 0.45))
                placed.append(
                    Lesion(
                        kind,
                        opened,
                        _point(p),
                        _point(sites.normal[i]),
                        diameter,
                        float(rng.uniform(0.72, 1.0)),
                        str(sites.zone[i]),
                        int(rng.integers(1000)),
                    )
                )
                others.append((p, diameter))
                break
    return placed


def sample_acne(who: Identity, sites: Sites, rng: np.random.Generator, total: int | None = None) -> list[Lesion]:
    """Lesions of one random face: about 15 % clear, the rest up to 80; always some harmless spots."""
    if total is None:
        total = 0 if rng.random() < 0.15 else int(np.clip(rng.gamma(1.3, 20), 1, 80))
    mix = rng.dirichlet([2.2, 2.0, 1.2, 0.25])
    mix[3] = min(mix[3], 0.12)
    mix /= mix.sum()
    counts = rng.multinomial(total, mix)
    kinds = [k for k, n in zip(TYPES, counts, strict=True) for _ in range(n)]
    marks = int(rng.poisson(4 + 0.2 * total))
    kinds += ["mark"] * marks + ["mole"] * int(rng.poisson(1.5))
    return scatter(sites, kinds, rng)


def _point(values: Array) -> Point:
    x, y, z = (float(value) for value in values)
    return x, y, z
