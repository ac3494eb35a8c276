"""What the card says of following a face over time: repeatability, trend, and views."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from mobile_models.change import minimal_detectable_change
from training.card.document import Block, Heading, Picture, Table, Text
from training.card.figures import percent, shown


def repeatability(mdc: Mapping[str, Any]) -> list[Block]:
    """Return the standard error of measurement, and the change that exceeds it."""
    heading = Heading("Repeatability", 3)
    if not mdc["pairs"]:
        return [heading, Text(f"Not established: {mdc['source']}. SEM of √count taken as {mdc['sem']['total']:.2f}.")]
    rows = [
        [name.replace("_", "-"), shown(mdc["interval"][name]), *(f"{_detectable(n, sem):.0f}" for n in BASELINES)]
        for name, sem in mdc["sem"].items()
    ]
    return [
        heading,
        Text(
            f"Standard error of measurement (SEM) of √count from {mdc['pairs']} pairs of different captures, "
            f"({mdc['source']}). A change is called one when √count moves by more than "
            "1.96·√2·SEM, the minimal detectable change; the table says what that is for a fall from some counts. "
            "Few pairs leave the SEM anywhere within its interval. What ships is never below the inflammatory count's, "
            "which alone was large enough in these pairs to vary. "
            "*Provisional*: it says nothing of other people, other light or another day."
        ),
        Table(["count", "SEM of √count, measured", *(f"fall needed from {n}" for n in BASELINES)], rows),
    ]


def trend(metrics: Mapping[str, Any]) -> list[Block]:
    """Return trend accuracy on edited real photos."""
    heading = Heading("Trend", 3)
    if "trend" not in metrics:
        return [heading, Text("Not established: no edited photos were measured.")]
    found = metrics["trend"]
    rows = [
        [words, *(percent(found[rule][name]) for rule in ("direction", "verdict"))] for name, words in SUBSETS.items()
    ] + [
        [f"changed by {band}", *(percent(found[rule]["by_share"][band]) for rule in ("direction", "verdict"))]
        for band in sorted(found["direction"]["by_share"], key=lambda band: ("below" not in band, band))
    ]
    cases = ", ".join(f"{number} {name}" for name, number in found["cases"].items())
    return [
        heading,
        Text(
            f"Pairs of a held-out real photo and a copy in which annotated inflammatory lesions, or plain skin, "
            f"were drawn over ({cases}; {found['photos']} photos, a fixed list). *Direction*: √expected count "
            "rises, falls, or stays within a tolerance fitted on other photos. *Verdict*: what a phone says, "
            f"better or worse only beyond the minimal detectable change. Primary: {found['primary']}. Edited "
            "copies share light, angle and skin with their original; this shows neither how lesions heal nor how "
            "far two visits' photos differ."
        ),
        Table(["pairs", "direction right", "verdict right"], rows),
        Picture("trend.png", "Predicted and annotated change of the edited pairs"),
    ]


def views(metrics: Mapping[str, Any]) -> list[Block]:
    """Return double counts and misses between the three views of rendered faces."""
    heading = Heading("Between the three views", 3)
    if "views" not in metrics:
        return [heading, Text("Not established: no rendered visits were measured.")]
    found = metrics["views"]
    rows = [
        [f"{who}, {how}", *(percent(found[who][how][fate]) for fate in ("once", "twice", "missed"))]
        for who in ("total", "inflammatory")
        for how in ("geometry", "detector")
    ]
    return [
        heading,
        Text(
            f"Rendered visits of {len(found['people'])} people whose every lesion is known: how many views' zones "
            "own it (*geometry*), and how often the assessment counts it (*detector*). Rendered skin is easier "
            "than real skin."
        ),
        Table(["lesions", "once", "twice or more", "missed"], rows),
    ]


def learning(metrics: Mapping[str, Any]) -> list[Block]:
    """Return the learning curve, where one was asked for."""
    if "learning_curve" not in metrics:
        return []
    steps = metrics["learning_curve"]["steps"]
    return [
        Heading("Learning curve", 3),
        Text(f"Training loss over {steps:,} steps, each run after the other."),
        Picture("learning_curve.png", "Training loss over steps"),
    ]


BASELINES = (5, 10, 20, 50)
SUBSETS = {"primary": "primary", "all": "all", "unchanged": "unchanged", "changed": "changed"}


def _detectable(count: int, sem: float) -> int:
    """Return the smallest fall from a count that exceeds the minimal detectable change."""
    root = math.sqrt(count) - minimal_detectable_change(sem)
    return count - math.ceil(root**2) + 1 if root > 0 else count
