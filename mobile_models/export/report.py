"""PARITY.md: the parity figures as a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mobile_models.export.budget import BUDGETS

COLUMNS = (
    "file",
    "MB",
    "AP50",
    "AP50 loss, points",
    "centre F1",
    "count MAE",
    "change of it",
    "grades as float32, %",
    "largest box difference, px of the input",
    "largest score difference",
    "PyTorch's lesions not found",
    "time / float32",
)

LIMITED = ("AP50 loss, points", "change of count MAE", "grades as float32, %", "MB at nano scale")


def table(parity: Mapping[str, Any]) -> str:
    """Return the table of every file against PyTorch."""
    torch, size = parity["pytorch"], parity["input_size_px"]
    rows = [["PyTorch", "", f"{100 * torch['ap50']:.2f}", "", f"{torch['centre_f1']:.4f}", f"{torch['count_mae']:.3f}"]]
    rows[0] += [""] * (len(COLUMNS) - len(rows[0]))
    for kind, figures in parity["files"].items():
        rows.append(
            [
                kind,
                f"{figures['bytes'] / 1e6:.2f}",
                f"{100 * figures['ap50']:.2f}",
                f"{figures['ap50_loss_points']:.2f}",
                f"{figures['centre_f1']:.4f}",
                f"{figures['count_mae']:.3f}",
                f"{figures['count_mae_change']:.3f}",
                f"{100 * figures['grade_agreement']:.2f}",
                f"{figures['largest_box_difference'] * size:.2f}",
                f"{figures['largest_score_difference']:.4f}",
                f"{figures['drawn_lost']} of {figures['drawn_by_pytorch']}",
                f"{figures['time_ratio']:.2f}",
            ]
        )
    return _markdown(list(COLUMNS), rows)


def page(parity: Mapping[str, Any]) -> str:
    """Return PARITY.md."""
    limits = [
        [k, f"≤ {b.ap50_points:g}", f"≤ {b.count_mae:g}", f"≥ {100 * b.grade_agreement:g}", f"≤ {b.bytes / 1e6:g}"]
        for k, b in BUDGETS.items()
        if k in parity["files"]
    ]
    runs = [
        [kind, name, str(far["detections"]), f"{far['score']:.4f}", f"{far['box_px']:.2f}"]
        for kind, figures in parity["files"].items()
        for name, far in figures["interpreters"].items()
    ]
    photos = parity["photos"]
    return "\n".join(
        [
            "# Parity",
            "",
            f"Every file against PyTorch on the same {photos['compared']} photos ({photos['source']}), assessed as a "
            f"phone does it: padded to a square, {parity['input_size_px']} px, detected, counted, graded. Boxes are "
            f"compared with the {photos['boxes']} annotated ones. The int8 file was calibrated on "
            f"{photos['calibrated']} other photos ({photos['source']}). These are not the model card's photos: "
            "what counts here is the difference between rows.",
            "",
            table(parity),
            "",
            "A lesion is *not found* where no box of the file overlaps PyTorch's by half. Times are of one thread, all "
            "files in turn in every round, on the machine that made this bundle.",
            "",
            "## Budget",
            "",
            _markdown(
                ["file", "AP50 loss, points", "change of count MAE", "grades as float32, %", "MB (nano)"], limits
            ),
            "",
            "An export over budget fails.",
            "",
            "## Interpreters",
            "",
            "Each file was run after its last edit on a square photo, and held to ai-edge-litert, which is what the "
            "table above ran on: every detection clear of the floor has its namesake in the other's answer.",
            "",
            _markdown(["file", "interpreter", "detections", "largest score difference", "of a box edge, px"], runs),
            "",
            "## Made again",
            "",
            parity["reproducible"],
            "",
            "## Not run here",
            "",
            *[f"- {what}" for what in parity["not_run"]],
            "",
        ]
    )


def _markdown(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
