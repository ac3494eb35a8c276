"""Who is drawn: the numbers that make one head differ from another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

HAIR_COLOURS: dict[str, tuple[float, float, float]] = {
    "black": (0.012, 0.010, 0.009),
    "dark brown": (0.035, 0.022, 0.015),
    "brown": (0.085, 0.048, 0.028),
    "auburn": (0.12, 0.045, 0.02),
    "blond": (0.33, 0.22, 0.115),
    "grey": (0.22, 0.21, 0.20),
}
IRIS_COLOURS: dict[str, tuple[float, float, float]] = {
    "dark": (0.045, 0.022, 0.012),
    "brown": (0.13, 0.06, 0.025),
    "hazel": (0.18, 0.13, 0.05),
    "green": (0.16, 0.20, 0.10),
    "blue": (0.16, 0.25, 0.36),
    "grey": (0.22, 0.26, 0.28),
}


SHIRTS = (
    (0.05, 0.07, 0.12),
    (0.16, 0.18, 0.20),
    (0.55, 0.56, 0.57),
    (0.10, 0.16, 0.17),
    (0.20, 0.10, 0.10),
    (0.25, 0.30, 0.38),
)


@dataclass(frozen=True)
class Identity:
    """One person's head. Lengths are factors around 1 or millimetres where the name says so.

    Attributes:
        ita: individual typology angle of the skin in degrees (light about 60, dark about -60).
        masculinity: 0 feminine to 1 masculine (jaw, brow ridge, brows, beard shadow).
        age: years; deepens folds and lines.
        hair: one of ``buzz``, ``short``, ``curly``, ``back`` (tied), ``long`` (parted).
    """

    seed: int
    ita: float = 30.0
    masculinity: float = 0.5
    age: float = 22.0
    face_width: float = 1.0
    face_length: float = 1.0
    cheekbone_mm: float = 0.0
    jaw_width: float = 1.0
    chin_mm: float = 0.0
    cheek: float = 1.0
    nose_width: float = 1.0
    nose_length: float = 1.0
    nose_projection_mm: float = 0.0
    nose_bridge_mm: float = 0.0
    lip_fullness: float = 1.0
    mouth_width: float = 1.0
    eye_opening: float = 1.0
    eye_spacing_mm: float = 0.0
    eye_tilt_mm: float = 1.0
    brow_thickness: float = 1.0
    brow_height_mm: float = 0.0
    brow_arch_mm: float = 4.5
    hairline_mm: float = 0.0
    hair: str = "short"
    hair_colour: str = "dark brown"
    iris: str = "brown"
    redness: float = 0.5
    freckles: float = 0.0
    oiliness: float = 0.5
    beard: float = 0.0
    shirt: tuple[float, float, float] = (0.55, 0.57, 0.60)


def _hair_and_iris(rng: np.random.Generator, ita: float) -> tuple[str, str]:
    """Hair and eye colours that go together with a skin tone."""
    if ita < 10:
        return "black", "dark"
    if ita < 28:
        return str(rng.choice(["black", "black", "dark brown"])), str(rng.choice(["dark", "brown"]))
    hair = str(rng.choice(["black", "dark brown", "brown", "auburn", "blond"], p=[0.15, 0.3, 0.3, 0.1, 0.15]))
    return hair, str(rng.choice(["brown", "hazel", "green", "blue", "grey"]))


def sample_identity(seed: int, **chosen: object) -> Identity:
    """Draw a person from ``seed``; any attribute can be fixed by keyword."""
    rng = np.random.default_rng([seed, 11])
    ita = float(chosen.get("ita", rng.uniform(-60, 62)))  # type: ignore[arg-type]
    male = float(chosen.get("masculinity", np.clip(rng.beta(0.6, 0.6), 0, 1)))  # type: ignore[arg-type]
    dark = float(np.clip((20 - ita) / 60, 0, 1))
    hair_colour, iris = _hair_and_iris(rng, ita)
    styles = ["buzz", "short", "short"] if male > 0.5 else ["back", "back", "long"]
    if ita < -5:
        styles = ["buzz", "curly"] if male > 0.5 else ["back", "curly", "long"]
    drawn: dict[str, object] = {
        "ita": ita,
        "masculinity": male,
        "age": float(np.clip(13 + rng.gamma(2.0, 5.0), 13, 55)),
        "face_width": rng.normal(0.985, 0.035),
        "face_length": float(np.clip(rng.normal(0.985 + 0.02 * male, 0.03), 0.92, 1.05)),
        "cheekbone_mm": rng.normal(0, 3.0),
        "jaw_width": rng.normal(0.93 + 0.07 * male, 0.04),
        "chin_mm": rng.normal(2 * male - 1, 3.2),
        "cheek": rng.normal(1.02 - 0.05 * male, 0.06),
        "nose_width": rng.normal(0.97 + 0.22 * dark, 0.09),
        "nose_length": rng.normal(1.0, 0.06),
        "nose_projection_mm": rng.normal(0.5 - 2.0 * dark, 2.0),
        "nose_bridge_mm": rng.normal(0.3 - 2.2 * dark, 1.4),
        "lip_fullness": np.clip(rng.normal(1.12 + 0.28 * dark - 0.2 * male, 0.1), 0.8, 1.6),
        "mouth_width": rng.normal(1.0 + 0.05 * dark, 0.05),
        "eye_opening": rng.normal(1.0, 0.1),
        "eye_spacing_mm": rng.normal(0, 1.4),
        "eye_tilt_mm": rng.normal(1.2, 0.8),
        "brow_thickness": rng.normal(0.85 + 0.35 * male, 0.2),
        "brow_height_mm": rng.normal(1.5 - 2.5 * male, 1.6),
        "brow_arch_mm": rng.normal(5.6 - 2.2 * male, 1.6),
        "hairline_mm": rng.normal(0, 2.5),
        "hair": str(rng.choice(styles)),
        "hair_colour": hair_colour,
        "iris": iris,
        "redness": float(rng.uniform(0.2, 1.0)),
        "freckles": float(max(0.0, rng.normal(-0.4, 0.6))) if ita > 25 else 0.0,
        "oiliness": float(rng.uniform(0.25, 1.0)),
        "beard": float(max(0.0, rng.normal(0.15, 0.35))) if male > 0.55 else 0.0,
        "shirt": SHIRTS[int(rng.integers(len(SHIRTS)))],
    }
    return Identity(seed=seed, **{**drawn, **chosen})  # type: ignore[arg-type]
