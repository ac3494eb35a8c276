"""The one shape in which every dataset reader hands over a photograph."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mobile_models.lesions import TYPES
from training.array import Array

UNKNOWN = len(TYPES)
"""Type index of a box that says "lesion here" and not which type."""


BUMP = UNKNOWN + 1
"""Type index of a box that says "a small bump here", a comedo or a papule, and not which."""

COMEDO_SHARE = 0.15
"""Comedones among untyped boxes: a guess. Sources without types box what strikes the eye, papules mostly."""


@dataclass(frozen=True)
class AnnotatedPhoto:
    """A photograph with its boxes and with what its annotators did not look for.

    Attributes:
        path: The image file.
        source: Name of the collection, for example ``acnescu``.
        group: Photos that may show the same scene share a group; no split separates them.
        boxes: (n, 4) float32, x0 y0 x1 y1 relative to width and height, 0–1.
        types: (n,) int64 index into ``TYPES``, ``UNKNOWN`` or ``BUMP``.
        background: (4,) float32 weight, a type, of unboxed skin as evidence *against* that type:
            1 where the source boxed every such lesion, 0 where it never boxed them.
        standing: (n,) float32 share of each box's target that stands; None where all of all stands.
        split: ``train``, ``valid`` or ``test`` where the collection's own folders say so, else ''.
    """

    path: Path
    source: str
    group: str
    boxes: Array
    types: Array
    background: Array
    split: str = ""
    standing: Array | None = None
