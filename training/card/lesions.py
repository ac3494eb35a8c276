"""What the card says of finding lesions and telling their types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from training.card.document import Block, Heading, Items, Picture, Table, Text
from training.card.figures import named, shown
from training.evaluation.detection import KINDS


def detection(metrics: Mapping[str, Any]) -> list[Block]:
    """Return how well lesions are found, of whatever type and by type."""
    if not metrics["detection"]:
        return [Heading("Finding lesions", 3), Text("Not established: no measured photo has a box.")]
    return [
        Heading("Finding lesions", 3),
        Text(
            "Any lesion against all boxes of whatever type. AP50 asks for an overlap of half, AP50–95 for more and "
            "more; a *hit* for F1 is a centre inside the annotated box grown by a quarter, since these sources' "
            "boxes are sloppy. Precision and recall are those of the best F1, whose threshold was chosen on the "
            "same photos."
        ),
        Table(
            ["source", "photos", "AP50", "AP50–95", "best centre F1", "precision", "recall"],
            [
                [name, str(one["AP50"]["n"]), *(shown(one[figure]) for figure in ANY)]
                for name, one in metrics["detection"].items()
            ],
        ),
        Items(named(metrics["detection"], metrics["notes"])),
        Picture("precision_recall.png", "Precision over recall of any lesion, by source"),
        *_by_type(metrics["by_type"]),
    ]


def types(metrics: Mapping[str, Any]) -> list[Block]:
    """Return how well types are told given a hit."""
    if not metrics["types"]:
        return [Heading("Telling types", 3), Text("Not established: in no source were lesions of two types hit.")]
    return [
        Heading("Telling types", 3),
        Text(
            "The type of lesions that were hit, as macro-F1 over the types a source has, beside always the commonest."
        ),
        Table(
            ["source", "lesions hit", "macro-F1, the model's class", "likeliest by the table", "always the commonest"],
            [
                [
                    name,
                    str(one["matched"]),
                    shown(one["macro_F1"]),
                    shown(one["macro_F1_by_table"]),
                    f"{one['majority_macro_F1']:.2f}",
                ]
                for name, one in metrics["types"].items()
            ],
        ),
        Picture("confusion.png", "Annotated type by the model's class, by source"),
    ]


ANY = ("AP50", "AP50_95", "centre_F1", "precision", "recall")


def _by_type(by_type: Mapping[str, Any]) -> list[Block]:
    if not by_type:
        return [Text("By type: not established, as no source records types.")]
    rows = [
        [f"{name}, {kind.replace('_', ' ')}", str(one["boxes"]), str(one["centre_F1"]["n"])]
        + [shown(one[figure]) for figure in ("centre_F1", "precision", "recall", "centre_F1_by_class")]
        for name, kinds in by_type.items()
        for kind, one in ((kind, kinds[kind]) for kind in KINDS if kind in kinds)
    ]
    return [
        Text(
            "By group and by type, on photos where such lesions were boxed and typed. Every candidate counts for "
            "every type: it is ranked by its score times the calibrated P(type). The last column ranks only the "
            "candidates that the model itself calls so."
        ),
        Table(["source and type", "boxes", "photos", "best centre F1", "precision", "recall", "F1 by class"], rows),
    ]
