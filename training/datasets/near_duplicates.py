"""Photos that show the same picture again: resized, re-compressed, slightly brighter or mirrored copies.

A difference hash (does each cell get brighter to the right? 8 × 8 bits; N. Krawetz, "Kind of Like That", 2013)
proposes pairs; the correlation of their grey thumbnails, less the slow shading that all frontal faces share, confirms
them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

from mobile_models.image import read_photo
from training.array import Array

MOST_BITS = 12
"""Hashes further apart than this many of 64 bits are not compared."""

LEAST_CORRELATION = 0.97
"""Frontal faces in one booth reach 0.96, mirrored and re-compressed copies 0.97 and more."""

SIDE = 32
CHUNK = 2048


@dataclass(frozen=True)
class Fingerprint:
    """A photo as it is compared.

    Attributes:
        hash: Difference hash.
        mirrored: Difference hash of the mirror image.
        thumbnail: (32, 32) float32 of mean 0 and length 1.
        size_px: Width and height of the upright photo.
    """

    hash: int
    mirrored: int
    thumbnail: Array
    size_px: tuple[int, int]


def fingerprint(path: Path) -> Fingerprint:
    """Decode a photo upright and take its fingerprint.

    Raises:
        AssessmentError: ``mobile_models.image.read_photo`` can not read it; the message says why.
    """
    photo = read_photo(path)
    grey = photo.pixels.convert("L").resize((4 * SIDE, 4 * SIDE), Image.Resampling.BOX)
    fine = grey.resize((SIDE, SIDE), Image.Resampling.BOX)
    detail = np.asarray(fine, dtype=np.float32) - np.asarray(fine.filter(ImageFilter.GaussianBlur(4)), dtype=np.float32)
    detail = detail - detail.mean()
    detail = detail / max(float(np.linalg.norm(detail)), 1e-6)
    mirror = grey.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    return Fingerprint(_hash(grey), _hash(mirror), detail, (photo.width_px, photo.height_px))


def near_pairs(prints: Sequence[Fingerprint], first: int | None = None) -> list[tuple[int, int]]:
    """Return the pairs (i, j), i < j, that show the same picture; with ``first`` only those with i < ``first``."""
    if not prints:
        return []
    hashes = np.array([fingerprint.hash for fingerprint in prints], dtype=np.uint64)
    mirrored = np.array([fingerprint.mirrored for fingerprint in prints], dtype=np.uint64)
    thumbnails = np.stack([fingerprint.thumbnail for fingerprint in prints])
    pairs: list[tuple[int, int]] = []
    end = len(prints) if first is None else first
    for start in range(0, end, CHUNK):
        block = hashes[start : min(start + CHUNK, end), None]
        straight = np.bitwise_count(block ^ hashes[None]) <= MOST_BITS
        turned = np.bitwise_count(block ^ mirrored[None]) <= MOST_BITS
        i, j = np.nonzero(straight | turned)
        i, j = i[i + start < j] + start, j[i + start < j]
        for some in range(0, len(i), CHUNK):
            ones, others = i[some : some + CHUNK], j[some : some + CHUNK]
            alike = np.maximum(*(_correlation(thumbnails[ones], thumbnails[others, :, ::turn]) for turn in (1, -1)))
            similar = alike >= LEAST_CORRELATION
            pairs += zip(ones[similar].tolist(), others[similar].tolist(), strict=True)
    return pairs


def joined(count: int, pairs: Iterable[tuple[int, int]]) -> list[int]:
    """Return for each of ``count`` items the smallest item it is connected with through ``pairs``."""
    parent = list(range(count))

    def root(item: int) -> int:
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    for first, second in pairs:
        low, high = sorted((root(first), root(second)))
        parent[high] = low
    return [root(item) for item in range(count)]


def _hash(grey: Image.Image) -> int:
    cells = np.asarray(grey.resize((9, 8), Image.Resampling.BOX), dtype=np.int16)
    bits = (cells[:, 1:] > cells[:, :-1]).reshape(-1)
    return int.from_bytes(np.packbits(bits).tobytes(), "big")


def _correlation(ones: Array, others: Array) -> Array:
    value: Array = np.einsum("nij,nij->n", ones, others)
    return value
