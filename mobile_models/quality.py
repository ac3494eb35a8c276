"""The capture gate: can a photo be judged, how many of its lesions are still counted, and what to tell the person."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mobile_models.exposure import Exposure, Levels
from mobile_models.face import Face
from mobile_models.image import Photo, Square
from mobile_models.legibility import BLOCK_PX, FEWEST_BLOCKS, LUMINANCE, Legibility, Mask, measure
from mobile_models.zones import FRONT, ZoneTable

SKIN_LOG_R_G = (0.025, 0.75)
SKIN_LOG_G_B = (-0.20, 0.60)
SKIN_LOG_R_B = (0.05, 1.10)
"""Haemoglobin and melanin make skin reflect red > green ≳ blue whatever its tone, so it is known by ratios,
never by brightness. The bounds hold the Monk scale's ten tones and reject grey, white, blue and green."""

SKIN_ROUGHNESS = 0.35
"""Most a block of skin scatters in luminance, relative to its mean; print and noise scatter more."""


@dataclass(frozen=True)
class Gate:
    """The rules of a manifest's "gate", see `gate.json`."""

    table: Mapping[str, Any]
    legibility: Legibility

    @classmethod
    def from_manifest(cls, table: Mapping[str, Any]) -> Gate:
        """Read the table.

        Raises:
            ValueError, KeyError, TypeError: naming what cannot be right or is missing.
        """
        if not 0 <= float(table["unavailable_below"]) <= float(table["warn_below"]) <= 1:
            raise ValueError("unavailable_below and warn_below must rise within 0 and 1")
        return cls(table, Legibility.from_manifest(table["legibility"]))

    @property
    def face(self) -> Mapping[str, Any]:
        """The rules for faces."""
        rules: Mapping[str, Any] = self.table["face"]
        return rules


@dataclass(frozen=True)
class Quality:
    """What the gate measured of one photo, and what it says to the person.

    Attributes:
        kept: share of the photo's lesions that is expected still to be counted.
        skin_fraction: share of the oval (without a guide: of the photo) that looks like skin.
        brightness: median luminance of skin as the photo came, 0–1.
        face: the face that the photo is of; None where there is none.
        unavailable: code of why nothing may be said of the photo; None where something may.
        warnings: codes of what to do better; the unavailable one first.
        notes: codes of what limits the photo without being a fault of it.
        messages: of each code, what is told.
    """

    kept: float
    skin_fraction: float
    brightness: float
    face: Face | None
    unavailable: str | None
    warnings: tuple[str, ...]
    notes: tuple[str, ...]
    messages: Mapping[str, str]

    def to_json(self) -> dict[str, Any]:
        """The quality as it stands in an assessment."""
        return {
            "ok": not self.warnings,
            "kept": round(self.kept, 4),
            "skin_fraction": round(self.skin_fraction, 4),
            "brightness": round(self.brightness, 4),
            "face": self.face and self.face.to_json(),
            "unavailable": self.unavailable and self._coded(self.unavailable),
            "warnings": [self._coded(code) for code in self.warnings],
            "notes": [self._coded(code) for code in self.notes],
        }

    def _coded(self, code: str) -> dict[str, str]:
        return {"code": code, "message": self.messages[code]}


def judge(
    photo: Photo,
    square: Square,
    view: str,
    oval: ZoneTable | None,
    faces: Sequence[Face],
    gate: Gate,
    exposure: Exposure,
    size_px: int,
) -> Quality:
    """Judge a photo within the guide's oval, or without one as a whole.

    Args:
        photo: the whole.
        square: what the model sees of it.
        view: what it is said to show.
        oval: the guide; None without.
        faces: of the whole photo, best first.
        gate: the rules.
        exposure: the reference light.
        size_px: side of the model's input, at which the square is looked at as it came.
    """
    table = gate.table
    levels = square.levels(size_px)
    rows, columns = square.inside(size_px)
    within = blocks_within(size_px, rows, columns, oval)
    skin = skin_blocks(levels, within)
    gain = skin_gain(levels, skin, exposure.gain_of(levels[rows, columns]), exposure)
    figures = measure(photo.pixels, levels, skin, within, gain)
    share = float(skin.sum() / max(int(within.sum()), 1))
    real = real_faces(photo, square, skin, faces, gate.face)
    share_kept = gate.legibility.share_kept(figures)
    clear = figures["edge1_90"] >= math.log(table["featureless_below"] + 0.05)
    unavailable = _unavailable(share, clear, share_kept, figures, oval, real, table)
    wrong = {
        **dict.fromkeys([unavailable] if unavailable else [], True),
        lost_to(figures, table): share_kept < table["warn_below"],
        "overexposed": figures["clipped"] > table["clipped_share"],
        "small": min(photo.width_px, photo.height_px) < table["smallest_px"],
        **(_framing(photo, view, real[0], oval, gate.face) if real and oval else {}),
    }
    whole = bool(real) and is_whole(real[0], gate.face)
    notes = {"no_whole_face": oval is None and not whole, "sides_unchecked": view == FRONT and whole}
    lit = (levels.reshape(-1, 3) @ np.array(LUMINANCE, dtype=np.float32)).reshape(levels.shape[:2])
    side = size_px // BLOCK_PX
    mean = lit.reshape(side, BLOCK_PX, side, BLOCK_PX).mean(axis=(1, 3))
    return Quality(
        kept=share_kept,
        skin_fraction=share,
        brightness=float(np.median(mean[skin if skin.any() else within]) / 255),
        face=real[0] if real else None,
        unavailable=unavailable,
        warnings=tuple(code for code, is_so in wrong.items() if is_so),
        notes=tuple(code for code, is_so in notes.items() if is_so),
        messages=table["messages"],
    )


def _unavailable(
    share: float,
    clear: bool,
    share_kept: float,
    figures: Mapping[str, float],
    oval: ZoneTable | None,
    real: Sequence[Face],
    table: Mapping[str, Any],
) -> str | None:
    """The gravest reason for which nothing may be said of the photo."""
    if share < table["skin_share"]["unguided" if oval is None else "guided"]:
        return "little_skin"
    if not clear:
        return "featureless"
    if len(real) > 1:
        return "several_faces"
    if oval is not None and (not real or real[0].score < table["face"]["whole_score"]["turned"]):
        return "no_face"
    return lost_to(figures, table) if share_kept < table["unavailable_below"] else None


def _framing(photo: Photo, view: str, face: Face, oval: ZoneTable, rules: Mapping[str, Any]) -> dict[str, bool]:
    """What is wrong with how a face lies in the guide's oval."""
    short = min(photo.width_px, photo.height_px)
    low, high = rules["turn"][view]
    least, most = (bound * 2 * oval.radius_v * short for bound in rules["size"][view])
    across, down = face.centre[0] - photo.width_px / 2, face.centre[1] - photo.height_px / 2
    within = rules["centre"]["within"] * short
    return {
        "wrong_view": not low <= face.turn <= high,
        "covered": not is_whole(face, rules),
        "too_far": face.size_px < least,
        "too_near": face.size_px > most,
        "off_centre": max(abs(across), abs(down - rules["centre"]["down"] * short)) > within,
    }


def lost_to(figures: Mapping[str, float], table: Mapping[str, Any]) -> str:
    """What is named as the cause where lesions are lost."""
    reasons = table["reasons"]
    if figures["gain"] >= math.log(reasons["dark_from_gain"]):
        return "dark"
    if min(figures["even1"], figures["even2"], figures["even4"]) < reasons["uneven_below"]:
        return "shaken"
    return "noisy" if figures["noise_30"] >= math.log(reasons["noise_from"]) else "blurred"


def is_whole(face: Face, rules: Mapping[str, Any]) -> bool:
    """Whether a face is seen whole: a hand, a mask or a bar over it lowers the model's score, and so does a turn."""
    turned = abs(face.turn) >= rules["turned_from"]
    return bool(face.score >= rules["whole_score"]["turned" if turned else "front"])


def real_faces(photo: Photo, square: Square, skin: Mask, faces: Sequence[Face], rules: Mapping[str, Any]) -> list[Face]:
    """The faces that count as such, best first: a doubtful one must show skin, a further one must lie apart."""
    real: list[Face] = []
    for face in faces:
        enough = rules["score"] if not real else rules["second"]["score"]
        apart = all(
            face.size_px >= rules["second"]["size"] * better.size_px and not better.holds(face.centre)
            for better in real
        )
        doubtful = face.score < rules["whole_score"]["turned"]
        bare = not doubtful or _skin_share(square, skin, face) >= rules["doubtful_skin_share"]
        if face.score >= enough and apart and bare:
            real.append(face)
    return real


def _skin_share(square: Square, skin: Mask, face: Face) -> float:
    """Share of skin in what the square shows of a face's box; 0 where it shows nothing of it."""
    x0, y0, x1, y1 = face.box
    columns = (np.arange(skin.shape[1]) + 0.5) / skin.shape[1] * square.width_px + square.left_px
    rows = (np.arange(skin.shape[0]) + 0.5) / skin.shape[0] * square.height_px + square.top_px
    inside = ((rows >= y0) & (rows <= y1))[:, None] & ((columns >= x0) & (columns <= x1))[None]
    return float(skin[inside].mean()) if inside.any() else 0.0


def blocks_within(size_px: int, rows: slice, columns: slice, oval: ZoneTable | None) -> Mask:
    """[S/8, S/8] blocks whose centre lies in the oval, whose bounding square is seen; without it those of the photo."""
    start = np.arange(size_px // BLOCK_PX) * BLOCK_PX
    across = (start >= columns.start) & (start + BLOCK_PX <= columns.stop)
    down = (start >= rows.start) & (start + BLOCK_PX <= rows.stop)
    seen: Mask = down[:, None] & across[None]
    if oval is not None:
        from_centre = (start + BLOCK_PX / 2) / size_px * 2 - 1
        longer = max(oval.radius_u, oval.radius_v)
        u, v = np.meshgrid(from_centre * longer / oval.radius_u, from_centre * longer / oval.radius_v)
        seen &= u * u + v * v <= 1
    return seen


def skin_gain(levels: Levels, skin: Mask, gain: float, exposure: Exposure) -> float:
    """The gain that the skin alone asks for, where that is more than the photo's: dark skin before a bright wall.

    Args:
        levels: [S, S, 3] of the square as the photo came.
        skin: [S/8, S/8] blocks of skin.
        gain: of the whole photo.
        exposure: the reference light.
    """
    if int(skin.sum()) < FEWEST_BLOCKS:
        return gain
    side = len(skin)
    bare = levels.reshape(side, BLOCK_PX, side, BLOCK_PX, 3).swapaxes(1, 2)[skin]
    return max(gain, exposure.gain_of(bare))


def skin_blocks(levels: Levels, within: Mask) -> Mask:
    """[S/8, S/8] blocks of skin: smooth, in the bounds, and not alone: six of the nine around are such, too.

    Args:
        levels: [S, S, 3] of the square as the photo came.
        within: blocks to look at.
    """
    side = levels.shape[0] // BLOCK_PX
    tiles = levels.reshape(side, BLOCK_PX, side, BLOCK_PX, 3).astype(np.float32)
    light = tiles @ np.array(LUMINANCE, dtype=np.float32)
    mean = light.mean(axis=(1, 3))
    red, green, blue = np.log(tiles.mean(axis=(1, 3)) + 2).transpose(2, 0, 1)
    alike = light.std(axis=(1, 3)) / (mean + 1) < SKIN_ROUGHNESS
    for ratio, (low, high) in (
        (red - green, SKIN_LOG_R_G),
        (green - blue, SKIN_LOG_G_B),
        (red - blue, SKIN_LOG_R_B),
    ):
        alike &= (ratio > low) & (ratio < high)
    around = np.pad((alike & within).astype(np.int64), 1, mode="edge")
    neighbours = sum(around[i : i + side, j : j + side] for i in range(3) for j in range(3))
    return np.asarray(alike & within & (neighbours >= 6))
