"""What the card says of what was chosen by measurement: input size, crop, and whether to learn from a teacher."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from training.card.document import Block, Heading, Picture, Table, Text
from training.card.figures import shown
from training.evaluation.compare import verdict


def choices(metrics: Mapping[str, Any]) -> list[Block]:
    """Return the tables behind each choice; nothing where none was measured."""
    return [*_sizes(metrics.get("sizes")), *_compared(metrics.get("compared"))]


def _sizes(measured: Mapping[str, Any] | None) -> list[Block]:
    if measured is None:
        return []
    rows = [
        [
            name,
            *(f"{cost[n]['ms']:.0f}" for n in ("1", "2")),
            *(shown(one["values"][name]) for one in measured["figures"]),
        ]
        for name, cost in measured["latency"].items()
    ]
    return [
        Heading("Input size and crop", 3),
        Text(
            f"The float32 file on {measured['machine']}, median of repeated runs in turn; a phone's times differ, "
            f"their ratios less. The long side of these photos has {measured['long_side_px']} px: a larger input only "
            f"enlarges. {measured['why']}"
        ),
        Table(
            [
                "input",
                "ms, 1 thread",
                "ms, 2 threads",
                *(f"{one['source']} {one['figure']}" for one in measured["figures"]),
            ],
            rows,
        ),
        Picture("sizes.png", "Accuracy against latency of input sizes and tiles"),
    ]


def _compared(measured: Mapping[str, Any] | None) -> list[Block]:
    if measured is None:
        return []
    names = list(measured["figures"][0]["values"])
    rows = [
        [
            f"{row['source']}, {row['figure']}",
            *(f"{row['values'][name]['value']:.3f}" for name in names),
            *(_difference(one, row["more_is_better"]) for one in row["differences"]),
        ]
        for row in measured["figures"]
    ]
    differences = [f"{one['of']} − {one['from']}" for one in measured["figures"][0]["differences"]]
    return [
        Heading("What learning from a teacher brings", 3),
        Text(
            "The same held-out photos seen by each, drawn again in pairs by group; the count's error is by a fit of "
            f"each one's own. **Released: {measured['released']}.** The rule: what learnt from the teacher "
            "(*distilled*) ships if it beats the same steps without one (*control*), else what both went on from. "
            "*Before* is the release before. No interval is corrected for their number."
        ),
        Table(["source and figure", *names, *differences], rows),
    ]


def _difference(one: Mapping[str, Any], more_is_better: bool) -> str:
    said = verdict(one, more_is_better)
    text = f"{one['value']:+.3f} ({one['low']:+.3f} to {one['high']:+.3f})"
    return text if said == "no difference shown" else f"{text}, **{said}**"


def sizes_for_card(measured: Mapping[str, Any]) -> dict[str, Any]:
    """Return of ``sizes.json`` what the card shows."""
    kept = {name: measured[name] for name in ("machine", "long_side_px", "latency", "why")}
    figures = [{name: row[name] for name in ("source", "figure", "values")} for row in measured["figures"]]
    return {**kept, "figures": figures}


def compared_for_card(rows: Sequence[Mapping[str, Any]], released: str) -> dict[str, Any]:
    """Return of ``compare.json`` what the card shows.

    Raises:
        ValueError: the released name is not among those compared.
    """
    if released not in rows[0]["values"]:
        raise ValueError(f"{released!r} was not compared; compared were {', '.join(rows[0]['values'])}")
    return {"released": released, "figures": list(rows)}
