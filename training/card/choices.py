"""What the card shows of what was chosen by measurement: input size, crop, and whether to learn from a teacher."""

from __future__ import annotations

from collections.abc import Sequence

from training.evaluation.compare import Comparison
from training.evaluation.measured import ChosenSize, ChosenTraining, SizeValues
from training.evaluation.sizes import Sizes


def size_for_card(measured: Sizes) -> ChosenSize:
    """Return of ``sizes.json`` what the card shows."""
    return ChosenSize(
        machine=measured.machine,
        long_side_px=measured.long_side_px,
        latency=measured.latency,
        figures=[SizeValues(row.source, row.figure, row.values) for row in measured.figures],
        why=measured.why,
    )


def training_for_card(rows: Sequence[Comparison], released: str) -> ChosenTraining:
    """Return of ``compare.json`` what the card shows.

    Raises:
        ValueError: the released name is not among those compared.
    """
    if released not in rows[0].values:
        raise ValueError(f"{released!r} was not compared; compared were {', '.join(rows[0].values)}")
    return ChosenTraining(released=released, figures=rows)
