"""What the card says of verdicts over a series of visits: simulated, with what is assumed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from training.card.document import Block, Heading, Items, Picture, Table, Text

RULES = {
    "pairwise": "two visits, as phones did before",
    "pairwise_honest": "two visits, 5 % false a year",
    "mean_of_three_honest": "mean of three, 5 % false a year",
    "face_probably": "face, probably",
    "face": "face, twice running",
    "trend_likely": "trend, likely",
    "trend_clearly": "trend, clearly",
    "half": "half or fewer",
}
FALSE = {
    "any": "anything said without a hedge",
    "trend_clearly": "trend, clearly",
    "face_wrong": "face, wrong sign",
    "since_best": "worse than the best",
    "since_looked": "against four weeks before",
    "recent": "a recent change",
    "relapse": "a relapse",
    "likely_at_week_12": "trend, likely, week 12 alone",
    "likely_in_a_year": "trend, likely, every week",
    "probably_wrong": "face, probably, wrong sign",
    "pairwise": "two visits: fewer or more",
    "pairwise_wrong": "two visits: wrong sign",
}
COLLECT = (
    "At least 30 people, 3 frames of 3 views, twice on one day, re-posed and relit: the error of counting to ± 13 %.",
    "At least 20 people on unchanged care, weekly for 12 weeks, with menstrual dates: how much stable acne fluctuates.",
    "At least 50 courses with dates, weekly for 12 weeks, with three visits before the start: the spread of effects, "
    "their time constant, and the outlook's calibration. `python -m training noise FOLDER` reads the repeats.",
)


def verdicts(metrics: Mapping[str, Any]) -> list[Block]:
    """Return power, false alarms, delay, coverage and the outlook's calibration of the verdicts over all visits."""
    heading = Heading("Change over a series of visits", 3)
    if "change" not in metrics:
        return [heading, Text("Not established: no series were simulated.")]
    found = metrics["change"]
    asked = found["asked"]
    return [
        heading,
        Text(
            f"**Simulated**, {asked['people']:,} people of each kind (`python -m training change`): lesions are born, "
            "heal after 9 to 17 days, and their rate varies by 20 % over four weeks, which is *assumed*, as no data "
            f"here settles it. Photos add an error of {asked['sem']:.2f} to √count (three re-posed frames; planned, "
            "not measured: between single photos it is 0.62). Three visits before the start, then weekly."
        ),
        *_power(found["power"]),
        *_false(found["stable"]),
        *_others(found),
        Text("What a clinic should collect to replace what is assumed:"),
        Items(list(COLLECT)),
    ]


def _power(rows: Sequence[Mapping[str, Any]]) -> list[Block]:
    bases = sorted({row["base"] for row in rows})
    table = [
        [words, *("/".join(f"{100 * row[rule]:.0f}" for row in rows if row["base"] == base) for base in bases)]
        for rule, words in RULES.items()
    ]
    clearly = [row for row in rows if row["fall"] == 0.75]
    weeks = ", ".join(f"from {row['base']} {_weeks(row['weeks_to_face'])}" for row in clearly)
    return [
        Text("Falls of 25 / 50 / 75 % by week 12: of how many people it is said at that visit, %."),
        Table(["rule", *(f"from {base} lesions" for base in bases)], table),
        Text(
            f"A fall of 75 % is first called fewer on the face in the median at week: {weeks}. No rule proves a fall "
            "of 25 % of one person beyond ordinary ups and downs."
        ),
        Picture("change.png", "Falls told, and false statements, by rule"),
    ]


def _false(rows: Sequence[Mapping[str, Any]]) -> list[Block]:
    usual = [row for row in rows if row["rate_variation"] == 0.2 and not row["spoilt"]]
    wilder = [row for row in rows if row["rate_variation"] == 0.3]
    spoilt = [row for row in rows if row["spoilt"]]
    table = [
        [words, *(_range([row[name] for row in some]) for some in (usual, wilder, spoilt))]
        for name, words in FALSE.items()
    ]
    bases = ", ".join(str(row["base"]) for row in usual)
    return [
        Text(
            f"Stable people with {bases} lesions, looked at weekly for a year: of how many something false is said at "
            "least once, %, least and most of these counts. If rates vary by 30 % and not by 20 %, far more is false."
        ),
        Table(["statement", "rates vary by 20 %", "by 30 %", "20 %, and one photo in twenty spoilt"], table),
    ]


def _others(found: Mapping[str, Any]) -> list[Block]:
    relapses = [
        [
            f"stopped in week {row['stopped']:.0f}",
            *(
                f"{100 * row[rule]['within_8']:.0f} / {100 * row[rule]['within_12']:.0f}"
                for rule in ("told", "relapse", "recent", "pairwise")
            ),
            _weeks(row["told"]["median_weeks"]),
        ]
        for row in found["relapse"]
    ]
    outlook = [
        [
            f"{'active course' if row['kind'] == 'active' else 'like a vehicle'}, week {row['week']}",
            f"{row['covered']:.2f}",
            f"{row['auc']:.2f}",
            f"{100 * row['said']:.0f} / {100 * row['came']:.0f}",
            f"{row['too_hopeful']:+.2f}",
        ]
        for row in found["outlook"]
    ]
    face, level = ([row[of] for row in found["coverage"]] for of in ("face", "level"))
    return [
        Text(
            "A way back from 5 to 20 lesions that nobody entered: told within 8 / 12 weeks, %. Before the fall has "
            "ended it is told late. Two visits are compared with the start, as phones did."
        ),
        Table(
            ["20 → 5 → 20", "told", "as a relapse", "by the recent change alone", "two visits", "median weeks"],
            relapses,
        ),
        Text(
            f"90 % intervals of change hold the true change of the number on the face in {_range(face)} %, and of the "
            f"level in {_range(level)} %. With one week in three missed something false is said of "
            f"{100 * found['missed']['any']:.0f} % of stable people with 20 lesions; where the true error of photos is "
            f"0.62, of {100 * found['noisier']['any']:.0f} %."
        ),
        Text(
            "The outlook to week 12, *provisional*: how often its 80 % interval holds the number on the face, how well "
            "P(half or fewer) tells people apart (AUC), that probability and the share that came to it, and their "
            "difference. Effects were drawn from the curves that it takes for granted, so real courses will do worse."
        ),
        Table(["course, asked in", "80 % interval holds", "AUC", "said / came, %", "too hopeful by"], outlook),
    ]


def _range(shares: Sequence[float]) -> str:
    low, high = round(100 * min(shares)), round(100 * max(shares))
    return f"{low}" if low == high else f"{low}–{high}"


def _weeks(number: float | None) -> str:
    return "later" if number is None else f"{number:.0f}"
