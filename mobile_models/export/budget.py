"""What a smaller file may lose against PyTorch on the same photos; more fails the export."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

NANO_PARAMETERS = 3_000_000
"""Sizes are limited for models up to this."""

ZIP_BYTES_AT_MOST = 36_000_000
PHONE_BYTES_AT_MOST = 3_400_000


@dataclass(frozen=True)
class Budget:
    """Limits of one format.

    Attributes:
        ap50_points: Loss of AP50, in points of 100.
        count_mae: Change of the mean absolute error of the count.
        grade_agreement: Least share of grades that are those of the float32 file.
        bytes: Largest file, at nano scale.
    """

    ap50_points: float
    count_mae: float
    grade_agreement: float
    bytes: int


BUDGETS = {
    "float32": Budget(0.1, 0.02, 0.995, 10_500_000),
    "float16": Budget(0.1, 0.02, 0.995, 5_200_000),
    "dynamic": Budget(0.5, 0.10, 0.990, 3_000_000),
    "int8": Budget(1.0, 0.15, 0.980, 3_400_000),
}


class BudgetExceeded(RuntimeError):
    """A file lost too much; the message holds the table."""


def exceeded(kind: str, figures: Mapping[str, Any], *, nano: bool) -> list[str]:
    """Return in words each limit that a file's figures (see `parity`) exceed."""
    budget = BUDGETS[kind]
    limits = [
        (figures["ap50_loss_points"] > budget.ap50_points, f"AP50 loss above {budget.ap50_points:g} points"),
        (figures["count_mae_change"] > budget.count_mae, f"count MAE change above {budget.count_mae:g}"),
        (
            figures["grade_agreement"] < budget.grade_agreement,
            f"grade agreement below {100 * budget.grade_agreement:g} %",
        ),
        (nano and figures["bytes"] > budget.bytes, f"larger than {budget.bytes / 1e6:g} MB"),
    ]
    return [what for over, what in limits if over]
