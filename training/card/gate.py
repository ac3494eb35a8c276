"""What the card says of photos that cannot be judged: false alarms, what is caught, what is still counted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from training.card.document import Block, Heading, Items, Picture, Table, Text
from training.card.figures import shown

NOT_MEASURED = (
    "What looks like acne and is none: one or two uncertain nodules no longer lift a grade, but no rule abstains from "
    "grading redness, freckles or stubble. Perioral dermatitis, folliculitis and lupus: not established.",
    "Hands, masks and hair over a face are known only by how they lower the face model's score.",
    "A mirrored front view cannot be told from an unmirrored one: left and right are then noted as unchecked.",
)


def gate_section(metrics: Mapping[str, Any]) -> list[Block]:
    """Return what the gate does to untouched and degraded copies of photos it was not fitted on."""
    heading = Heading("When a photo cannot be judged", 3)
    if "gate" not in metrics:
        return [heading, Text("Not established: no degraded photos were looked at.")]
    found = metrics["gate"]
    limits = found["thresholds"]
    return [
        heading,
        Text(
            "Degraded copies of real photos (`python -m training gate`; noise is added before the phone smooths it, "
            "and light is a factor on the file's levels), looked at in the reference light. For each photo the gate "
            f"predicts the share of lesions that is still counted; below {limits['warn_below']} it warns, below "
            f"{limits['unavailable_below']} nothing is said of the photo. Every figure is of photos that the fit had "
            "no part in (four folds), with 95 % intervals over photos. A copy is safe when it loses at most 0.3 of "
            "√count, or is warned of. The model itself was trained on some of these photos, but on none of acne04_real."
        ),
        Table(
            ["source", "photos", "untouched: warned", "not judged", "ordinary: warned", "held", "severe: safe"],
            [
                [
                    source,
                    str(number),
                    shown(found["untouched"][source]["warned"]),
                    shown(found["untouched"][source]["unavailable"]),
                    shown(found["ordinary"][source]["warned"]),
                    shown(found["ordinary"][source]["held"]),
                    shown(found["severe"][source]) if source in found["severe"] else "no lesions",
                ]
                for source, number in found["photos"].items()
            ],
        ),
        Text(
            "Ordinary: light × 0.6 and × 0.45, JPEG 60, blur of 0.1 % of the width; held: within 0.3 of √count. By "
            "degradation, all real sources together; kept: share of the untouched photo's lesions, mean (tenth "
            "percentile)."
        ),
        Table(
            ["degradation", "copies", "kept, as it came", "kept, reference light", "safe", "not judged"],
            [
                [
                    way,
                    str(one["n"]),
                    _kept(one["kept_before"]),
                    _kept(one["kept"]),
                    shown(one["safe"]),
                    shown(one["unavailable"]),
                ]
                for way, one in found["ways"].items()
            ],
        ),
        Picture("gate.png", "Lesions still counted, and what the gate says, by degradation"),
        Text("What was not measured, or is not known:"),
        Items(list(NOT_MEASURED)),
    ]


def _kept(figures: Mapping[str, float] | None) -> str:
    return "not looked at" if figures is None else f"{figures['mean']:.2f} ({figures['tenth']:.2f})"
