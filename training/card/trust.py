"""What the card says of how far figures can be relied on: calibration, skin tone and failures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mobile_models.lesions import TYPES
from training.card.document import Block, Heading, Picture, Table, Text
from training.card.figures import shown, tones_established
from training.evaluation.skin_tone import TONES, UNSEEN, VERY_LIGHT

ORDER = (*(name for name, _ in TONES), VERY_LIGHT, UNSEEN)


def reliability(metrics: Mapping[str, Any]) -> list[Block]:
    """Return whether scores and type probabilities mean what they say."""
    if not metrics["reliability"]:
        return []
    rows = [
        [name, *(shown(one[what]["ECE"], 3) if what in one else "no types" for what in ("score", "type"))]
        for name, one in metrics["reliability"].items()
    ]
    return [
        Heading("Do probabilities mean what they say", 3),
        Text(
            "Expected calibration error of the raw score, read as P(an annotated lesion is here), and of the "
            "calibrated P(type) of lesions that were hit. The score by itself is no probability, and it differs by "
            "source: counts never read it so, but through the fitted table."
        ),
        Table(["source", "ECE of the score", "ECE of P(type)"], rows),
        Picture("reliability.png", "Reliability of the score and of P(type), by source"),
    ]


def tone(metrics: Mapping[str, Any]) -> list[Block]:
    """Return figures by apparent tone within each source."""
    if not metrics["tone"]:
        return []
    drawn = tones_established(metrics["tone"])
    rows = [
        [f"{name}, {group}", str(one["n"])]
        + [shown(one[figure]) if figure in one else "not annotated" for figure in ("centre_F1", "MAE", "bias")]
        for name, groups in metrics["tone"].items()
        for group, one in ((group, groups[group]) for group in ORDER if group in groups)
    ]
    return [
        Heading("By apparent skin tone", 3),
        Text(
            "Tone is the individual typology angle, ITA = atan2(L* − 50, b*), of the photo's skin pixels: those "
            "with skin's ratios of red, green and blue, outside the annotated lesions, between the 30th and 90th "
            "percentile of lightness. Light and camera move it, so groups are compared **within one source only**. "
            "Below 30 photos nothing is established."
        ),
        Table(["source and tone", "photos", "best centre F1", "inflammatory MAE", "inflammatory bias"], rows),
        *([Picture("tone.png", "Figures by apparent tone, within each source")] if drawn else []),
    ]


def failures(metrics: Mapping[str, Any]) -> list[Block]:
    """Return which lesions are missed and how wrong the worst counts are."""
    figures = metrics["failures"]
    if not figures:
        return []
    sizes = sorted({size for one in figures.values() for size in one["recall_by_size"]})
    worst = [
        [
            name,
            str(one["n"]),
            f"{one['half_within']:.0f}",
            f"{one['nine_in_ten_within']:.0f}",
            f"{one['worst_shown']} shown, {one['worst_annotated']} annotated",
        ]
        for name, one in ((name, found["counts"]) for name, found in figures.items() if "counts" in found)
    ]
    return [
        Heading("Where it fails", 3),
        Text(
            "Share of annotated lesions that are found at the threshold of the best F1, by the box's size (√area "
            "as a share of the photo's sides) and by type, and how far inflammatory counts are off."
        ),
        Table(["found, by size", *sizes], _recalls(figures, "recall_by_size", sizes)),
        Table(["found, by type", *TYPES], _recalls(figures, "recall_by_type", TYPES)),
        Table(["inflammatory count", "photos", "half are within", "nine in ten are within", "worst"], worst),
    ]


def _recalls(figures: Mapping[str, Any], by: str, kinds: Sequence[str]) -> list[list[str]]:
    return [
        [name, *(shown(one[by][kind]) if kind in one[by] else "none" for kind in kinds)]
        for name, one in figures.items()
        if one[by]
    ]
