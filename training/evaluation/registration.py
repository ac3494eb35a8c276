"""How one photo lies on another: the turn, scale and shift between their matched corners (ORB, Rublee et al. 2011)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from mobile_models.image import read_photo
from training.array import Array

SIDE_PX = 320
"""Photos are reduced to this long side: lesions and brows still are corners, pores and noise no longer."""

CORNERS = 500
DISTINCT = 0.8
"""A match counts where its distance is below this share of the next best's (Lowe 2004)."""

TOLERANCE_PX = 4.0
FEWEST_INLIERS = 15
"""With fewer matched corners, photos of other poses were found to lie on each other."""


@dataclass(frozen=True)
class Landmarks:
    """A photo's corners.

    Attributes:
        grey: (h, w) uint8, the reduced photo.
        places: (n, 2) float32, x y in its pixels.
        descriptors: (n, 32) uint8.
    """

    grey: Array
    places: Array
    descriptors: Array


@dataclass(frozen=True)
class Registration:
    """Where a second photo lies on a first.

    Attributes:
        inliers: Matched corners that agree with it.
        turn_deg: Turn of the second onto the first, −180 to 180.
        scale: Size of the first in units of the second.
        covered: Share of the first that the second covers, or of the second that lies on the first: the smaller.
        correlation: Of grey values where they overlap, −1 to 1.
    """

    inliers: int
    turn_deg: float
    scale: float
    covered: float
    correlation: float


def read_landmarks(path: Path) -> Landmarks:
    """Find the corners of a photo.

    Raises:
        AssessmentError: the file is no photo that can be read; the subclass says why.
    """
    grey = np.asarray(read_photo(path).pixels.convert("L"))
    scale = SIDE_PX / max(grey.shape)
    return landmarks_of(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))


def landmarks_of(grey: Array) -> Landmarks:
    """Find the corners of (h, w) grey values."""
    corners, descriptors = cv2.ORB.create(CORNERS).detectAndCompute(grey, None)
    places = np.array([corner.pt for corner in corners], dtype=np.float32).reshape(-1, 2)
    return Landmarks(grey, places, np.zeros((0, 32), np.uint8) if descriptors is None else descriptors)


def mirrored(photo: Landmarks) -> Landmarks:
    """Find the corners of a photo's mirror image."""
    return landmarks_of(np.ascontiguousarray(photo.grey[:, ::-1]))


def register(first: Landmarks, second: Landmarks) -> Registration | None:
    """Lay a second photo on a first; None where fewer than ``FEWEST_INLIERS`` corners agree on how."""
    if min(len(first.places), len(second.places)) < FEWEST_INLIERS:
        return None
    matches = cv2.BFMatcher(cv2.NORM_HAMMING).knnMatch(second.descriptors, first.descriptors, k=2)
    distinct = [best for best, other in matches if best.distance < DISTINCT * other.distance]
    if len(distinct) < FEWEST_INLIERS:
        return None
    onto, agree = cv2.estimateAffinePartial2D(
        second.places[[match.queryIdx for match in distinct]],
        first.places[[match.trainIdx for match in distinct]],
        ransacReprojThreshold=TOLERANCE_PX,
    )
    if onto is None or agree.sum() < FEWEST_INLIERS:
        return None
    return _measured(first.grey, second.grey, onto, int(agree.sum()))


def _measured(first: Array, second: Array, onto: Array, inliers: int) -> Registration:
    size = first.shape[::-1]
    warped = cv2.warpAffine(second, onto, size)
    overlap = cv2.warpAffine(np.ones_like(second), onto, size, flags=cv2.INTER_NEAREST) > 0
    scale = math.hypot(onto[0, 0], onto[1, 0])
    here, there = first[overlap].astype(float), warped[overlap].astype(float)
    varied = min(len(here), len(there)) > 0 and min(here.std(), there.std()) > 0
    return Registration(
        inliers,
        math.degrees(math.atan2(onto[1, 0], onto[0, 0])),
        scale,
        float(overlap.sum() / max(first.size, second.size * scale**2)),
        float(np.corrcoef(here, there)[0, 1]) if varied else 0.0,
    )
