"""Figures by apparent skin tone, within one source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mobile_models.export.metrics import hits_by_centre, pool
from mobile_models.lesions import INFLAMMATORY
from training.bootstrap import Figure, interval, mean_of
from training.evaluation.counts import shown_and_annotated
from training.evaluation.fit import Counted, counts_known
from training.evaluation.skin_tone import TONES, UNSEEN, VERY_LIGHT, tone_group

FEWEST = 30
"""Photos of a tone below which nothing is established of it."""


@dataclass(frozen=True, kw_only=True)
class ToneFigures:
    """Figures of ``n`` photos of one apparent tone, as far as they are annotated."""

    n: int
    centre_F1: Figure | None = None
    MAE: Figure | None = None
    bias: Figure | None = None


def tone_figures(photos: Sequence[Counted]) -> dict[str, ToneFigures]:
    """Return, a tone that occurs, centre F1 of any lesion and the error of the inflammatory count."""
    figures = {}
    groups = np.array([tone_group(photo.predicted.ita) for photo in photos])
    for name in (*(name for name, _ in TONES), VERY_LIGHT, UNSEEN):
        mine = [photo for photo, its in zip(photos, groups, strict=True) if its == name]
        if mine:
            figures[name] = _figures(mine)
    return figures


def _figures(photos: Sequence[Counted]) -> ToneFigures:
    groups = [photo.predicted.photo.group for photo in photos]
    hits = pool([hits_by_centre(photo.predicted.scored()) for photo in photos])
    figures: dict[str, Figure] = {}
    if hits.references.sum():
        figures["centre_F1"] = interval(lambda times: hits.best_f1(times).f1, groups, FEWEST)
    counted = [photo for photo in photos if counts_known(photo.predicted, INFLAMMATORY)]
    if counted:
        shown, annotated = shown_and_annotated(counted, INFLAMMATORY)
        groups = [photo.predicted.photo.group for photo in counted]
        figures["MAE"] = interval(mean_of(np.abs(shown - annotated)), groups, FEWEST)
        figures["bias"] = interval(mean_of(shown - annotated), groups, FEWEST)
    return ToneFigures(n=len(photos), **figures)
