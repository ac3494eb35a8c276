"""What the card says of counts and of grades from them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from training.card.document import Block, Heading, Picture, Table, Text
from training.card.figures import percent, shown

ERRORS = ("MAE", "bias", "RMSE", "ICC")


def counts(metrics: Mapping[str, Any], calibration: Mapping[str, Any]) -> list[Block]:
    """Return how far counts are off, and how often their intervals hold."""
    fitted = metrics["fitted_on"]
    rows = [
        [
            f"{group.replace('_', '-')}, {name}{'' if name in fitted[group] else ' †'}",
            str(one["MAE"]["n"]),
            f"{one['reference_mean']:.1f}",
            *(shown(one[figure]) for figure in ERRORS),
            f"{one['always_the_median_MAE']:.1f}",
            percent(one["coverage_80"]),
            percent(one["coverage_95"]),
        ]
        for group, sources in metrics["counts"].items()
        for name, one in sources.items()
    ]
    blocks: list[Block] = [
        Heading("Counts", 3),
        Text(
            f"Counting standard: **{calibration['standard']}**. {metrics['standard_note']} Every figure is out of "
            "fold: the calibration behind a photo's count never saw the photo's group. † marks sources that the "
            "count is not fitted to, whose annotators count by rules of their own. Clear faces have no lesion: "
            "what is counted there is false."
        ),
        Table(
            [
                "count and source",
                "photos",
                "mean count",
                *MEASURED,
                "MAE, always the median",
                "80 % interval holds",
                "95 % interval holds",
            ],
            rows,
        ),
    ]
    if metrics["counts"].get("inflammatory"):
        blocks.append(Picture("counts.png", "Expected and annotated inflammatory counts, out of fold"))
        blocks.append(Picture("bland_altman.png", "Bland–Altman plots of the inflammatory count, by source"))
    return [*blocks, *_clear(metrics["clear"]), *_levels(metrics["levels"])]


def grades(metrics: Mapping[str, Any]) -> list[Block]:
    """Return how grades from predicted counts agree with grades from annotated counts."""
    rows = [
        [
            f"{name}, {instrument}",
            str(one[instrument]["exact"]["n"]),
            percent(one[instrument]["exact"]),
            percent(one[instrument]["within_one"]),
            shown(one[instrument]["linear_kappa"]),
            _left_out(one),
        ]
        for name, one in metrics["grades"].items()
        for instrument in ("IGA", "GEA")
    ]
    return [
        Heading("Grades", 3),
        Text(
            "Agreement of the grade from predicted counts with the grade that the same table gives to the "
            "annotated counts. It is agreement with **annotated counts, not with people who grade**: nobody graded "
            "these photos. Photos were taken without the guide; what a source does not record is left out on both "
            "sides. κ, as ICC above, says nothing of photos that all have the same value, such as clear faces."
        ),
        Table(["source and grade", "photos", "exact", "within one", "linear κ", "left out"], rows),
    ]


MEASURED = ("MAE", "bias", "RMSE", "ICC(2,1)")


def _left_out(one: Mapping[str, Any]) -> str:
    absent = [kind for kind in ("comedones", "nodules") if not one[f"{kind}_graded"]]
    return " and ".join(absent) or "nothing"


def _clear(clear: Mapping[str, Any]) -> list[Block]:
    if not clear:
        return [Text("False lesions on clear faces: not established, no clear faces were measured.")]
    return [
        Text(f"False lesions on clear faces, `{name}`: {shown(one['false_inflammatory'])} inflammatory and "
             f"{shown(one['false_non_inflammatory'])} comedones a face (n = {one['false_inflammatory']['n']}); "
             f"{percent(one['share_with_an_inflammatory'])} of faces show an inflammatory one.")
        for name, one in clear.items()
    ]  # fmt: skip


def _levels(levels: Mapping[str, Any]) -> list[Block]:
    blocks: list[Block] = []
    for name, one in levels.items():
        own, shipped = one["by_own_standard"], one["shipped_total"]
        bins = " / ".join(map(str, one["above"]))
        blocks += [
            Text(
                f"**{name}'s own total and level.** Fitted to {name}'s boxes alone, of whatever type and out of "
                f"fold, its total has an MAE of {shown(own['MAE'])} (always the median: "
                f"{own['always_the_median_MAE']:.1f}), bias {shown(own['bias'])}, ICC {shown(own['ICC'])}; the 95 "
                f"% interval holds {percent(own['coverage_95'])}. Its level, the count binned at {bins}, is right "
                f"in {percent(one['accuracy'])}, within one in {percent(one['within_one'])}, linear κ "
                f"{shown(one['linear_kappa'])}. What ships counts comedones beside the inflammatory lesions: its "
                f"*total* there has an MAE of {shown(shipped['MAE'])} and a bias of {shown(shipped['bias'])}."
            )
        ]
    return blocks
