"""The model card, written from ``measured.json``: no figure in it is typed by hand."""

from __future__ import annotations

from typing import Any

from mobile_models.lesions import TYPES

INTRODUCTION = """\
# Model card: lesions

Finds comedones, papules, pustules and nodules on a photo of a face and, from them, estimates lesion
counts with intervals and the grades IGA, GEA, Hayashi and GAGS. **It is a tracking and communication
tool, not a diagnosis**, and no grade it gives has been compared with a dermatologist's.

## How it works
The photo is turned upright and cut to the square around the capture guide's oval (or padded to a square),
brought to {size} × {size} pixels and given to a convolutional network (YOLOv5n's backbone and neck with
an end-to-end head). It proposes boxes, each with a score (how sure it is of *any* lesion) and a type; of
boxes that mostly overlap the best is kept. Scores are not counted by a threshold: a table fitted on
held-out photos says how many reference lesions a score stands for and which types it may be; their sum is
the centre of a negative binomial distribution, whose 95 % interval is the one shown. Grades are
probabilities computed from those distributions by published rules or, where none gives counts, by tables
marked *unvalidated*.
"""

LIMITS = """\
## Intended use, and what it must not be used for
For following one person's acne over weeks with photos taken the same way, and for talking about it with a
dermatologist. Not for diagnosis, not for choosing or stopping a treatment, not for comparing two people,
not for any other skin condition: moles, freckles, scars, rosacea and other marks may be counted.

## What is not established
- Agreement with human IGA or GEA: no public data pairs counts with such grades.
- Whole-face comedo counts: no annotated reference; `non_inflammatory` is experimental.
- Accuracy by skin tone: almost all annotated photos show light to medium East Asian or web-collected
  skin; darker skin was seen mostly in rendered faces. Treat counts on darker skin with more caution.
- Nodules: few are annotated, by students in the main; a nodule here is often a large papule elsewhere.
- Photos without the guide: patterned cloth or background beside the face can be counted as lesions. With the
  guide only what lies inside the oval counts.
- Repeatability: from very few people (below); provisional.
- Annotators differ, experts too, in what they count. On whole
  faces a count is a prediction of what *AcneSCU's* annotators would have counted.
- AcneSCU shows no clear face and the clear faces no acne, so mild acne on a whole face is the least
  tested.
"""


def write_card(measured: dict[str, Any]) -> str:
    """Return the card in Markdown."""
    size = measured["calibration"]["input_size_px"]
    parts = [INTRODUCTION.format(size=size), _data(measured["training"]), LIMITS, _figures(measured)]
    return "\n".join(parts)


def _data(training: dict[str, Any]) -> str:
    rows = [
        f"| {one['name']} | {one['photos']} | {one.get('boxes', 'all known')} | {one['licence']} |"
        for one in training["sources"]
    ]
    return "\n".join(
        [
            "## Trained on",
            f"{training['passes']:,} image passes over the photos below. The held-out groups, ACNE04's",
            "valid split and all of `phone_series` were never trained on. No split separates photos of one source",
            "photo or cluster; *persons* are not recorded, so that a person may be on both sides. How the first of",
            "the two runs differs from what its file runs today, `training/released.yaml` says.",
            "",
            "| source | photos | boxes | licence |",
            "| --- | --- | --- | --- |",
            *rows,
            "",
            f"sha256 of the real photos and their boxes: `{training['data_sha256']}`",
            "",
            "**Notice.** The photos were shared for non-commercial research. The weights carry this notice,",
            "not an extra licence term; code and weights are AGPL-3.0-or-later. A clinic can train on its own",
            "photos with one command.",
            "",
        ]
    )


def _figures(measured: dict[str, Any]) -> str:
    metrics = measured["metrics"]
    return "\n".join(
        [
            "## Figures, on photos held out of training",
            "Printed by `python -m training evaluate` (README, *Train*), which writes this card. In brackets:",
            "bootstrap 95 % interval over photos. Float32 LiteRT file, "
            f"{measured['calibration']['input_size_px']} px. A",
            "*hit* for F1 is a",
            "centre inside the annotated box grown by a quarter; its threshold is the best one, chosen on the",
            "same photos. So were the overlap beyond which two boxes are one lesion, and the table of types: expect",
            "a little less elsewhere. Of `acne04` only the valid split is measured, of the others the groups held out.",
            "",
            "| source | photos | AP50, any lesion | best centre F1 | precision | recall |",
            "| --- | --- | --- | --- | --- | --- |",
            *(
                f"| {name} | {one['AP50']['n']} | {_interval(one['AP50'])} | {_interval(one['centre_F1'])} "
                f"| {one['precision']:.2f} | {one['recall']:.2f} |"
                for name, one in metrics["detection"].items()
            ),
            "",
            "`rendered` are drawn faces of people not drawn for training; they say nothing of real skin.",
            "`phone_series` is labelled sparsely and serves for repeatability only.",
            "",
            *_types(metrics),
            *_counts(metrics, measured["calibration"]),
            *_repeatability(measured["mdc"]),
        ]
    )


def _types(metrics: dict[str, Any]) -> list[str]:
    lines = [
        "### Type, given that a lesion was hit",
        "",
        "| source | macro-F1 | always the commonest type |",
        "| --- | --- | --- |",
    ]
    for name, one in metrics["types"].items():
        lines.append(f"| {name} | {_interval(one['macro_F1'])} | {one['majority_macro_F1']:.2f} |")
    for name, one in metrics["types"].items():
        lines += [
            "",
            f"{name}, true type (rows) by predicted type:",
            "",
            f"| | {' | '.join(TYPES)} |",
            "| --- " * 5 + "|",
        ]
        lines += [
            f"| {TYPES[row]} | {' | '.join(map(str, values))} |"
            for row, values in enumerate(one["confusion_true_by_predicted"])
        ]
    lines += [
        "",
        "Comedones by themselves, best centre F1: "
        + ", ".join(f"{name} {_interval(one)} (n = {one['n']})" for name, one in metrics["comedones"].items())
        + ". `web_single` shows one type a photo, whose style betrays the type.",
        "",
    ]
    return lines


def _counts(metrics: dict[str, Any], calibration: dict[str, Any]) -> list[str]:
    lines = [
        "### Counts, out of fold",
        f"Counting standard: **{calibration['standard']}** for inflammatory lesions on whole faces; candidates that",
        "are large in the picture follow ACNE04, whose untyped boxes are taken for inflammatory lesions. Two",
        "expert groups count differently, so on close photos expect fewer than AcneSCU's annotators would count.",
        "",
        "| count | source | photos | mean absolute error | bias | 95 % interval covers |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for group, sources in metrics["counts"].items():
        for name, one in sources.items():
            lines.append(
                f"| {group} | {name} | {one['MAE']['n']} | {_interval(one['MAE'])} | {_interval(one['bias'])} "
                f"| {one['coverage_95']:.0%} |"
            )
    own = metrics["acne04"]
    lines += [
        "",
        "Fitted to ACNE04's own boxes alone, of whatever type (out of fold), its total count has a mean absolute",
        "error of "
        f"{_interval(own['by_own_standard']['MAE'])} (always the median: {own['always_the_median_MAE']:.1f};",
        f"mean count {own['reference_mean']:.1f}), and its level, which is the count binned at 5 / 20 / 50, is",
        f"right in {own['level_accuracy']:.0%}, within one in {own['level_within_one']:.0%}, linear κ "
        f"{own['level_linear_kappa']:.2f}.",
        "",
        "What is shipped counts comedones beside the inflammatory lesions: its *total* on ACNE04 has a mean",
        f"absolute error of {_interval(own['shipped_total']['MAE'])} and a bias of "
        f"{_interval(own['shipped_total']['bias'])} against ACNE04's boxes.",
        "",
        "`faces` are clear faces: an error there is a false lesion.",
        "",
        "![Predicted and annotated inflammatory counts](counts.png)",
        "",
    ]
    return lines


def _repeatability(mdc: dict[str, Any]) -> list[str]:
    sem = ", ".join(f"{name} {value:.2f}" for name, value in mdc["sem"].items())
    return [
        "### Repeatability",
        f"Standard error of measurement of √count, from {mdc['pairs']} pairs of captures within seconds on",
        f"{mdc['days']} days: {sem}.",
        "A change is called one when √count moves by more than 1.96·√2 times that.",
        "*Provisional*: very few people, their number not recorded.",
        "",
    ]


def _interval(figure: dict[str, float]) -> str:
    return f"{figure['value']:.2f} ({figure['low']:.2f} to {figure['high']:.2f})"
