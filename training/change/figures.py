"""What simulated series of visits show of the verdicts, in figures: ``change.json``, and a part of the card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from training.change.asked import Asked


@dataclass(frozen=True, kw_only=True)
class Power:
    """Shares of people with ``base`` lesions in whom a ``fall`` by week 12 is said there, by rule.

    Attributes:
        pairwise, pairwise_honest: Two visits compared, and so that 5 % are told something false in a year.
        mean_of_three_honest: The means of three visits, likewise.
        weeks_to_face, weeks_to_clearly: Median week of the first such statement; None where half never hear it.
    """

    base: int
    fall: float
    pairwise: float
    pairwise_honest: float
    mean_of_three_honest: float
    face_probably: float
    face: float
    trend_likely: float
    trend_clearly: float
    half: float
    weeks_to_face: float | None
    weeks_to_clearly: float | None


@dataclass(frozen=True, kw_only=True)
class Stable:
    """Shares of stable people, looked at weekly for a year, of whom something false is said at least once.

    Attributes:
        rate_variation, rate_weeks: As in ``people.Skin``.
        sem, spoilt, missed: As in ``people.Camera``.
        any: Of what a page says without a hedge.
    """

    base: int
    rate_variation: float
    rate_weeks: float
    sem: float
    spoilt: float
    missed: float
    face_wrong: float
    trend_clearly: float
    since_best: float
    since_looked: float
    recent: float
    relapse: float
    half: float
    face_since_wrong: float
    probably_wrong: float
    likely_in_a_year: float
    pairwise: float
    pairwise_wrong: float
    any: float
    likely_at_week_12: float


@dataclass(frozen=True)
class Delay:
    """Shares of people told within 8 and 12 weeks, and the median; None where half are never told."""

    within_8: float
    within_12: float
    median_weeks: float | None


@dataclass(frozen=True, kw_only=True)
class Relapse:
    """How soon the way back is told when treatment ``stopped`` in that week, by rule."""

    stopped: float
    recent: Delay
    since_best: Delay
    relapse: Delay
    told: Delay
    pairwise: Delay


@dataclass(frozen=True)
class Coverage:
    """How often 90 % intervals hold the true change of the number on the face and of the level."""

    base: int
    fall: float
    face: float
    level: float


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """How the outlook to week 12, asked in ``week``, does on a kind of course.

    Attributes:
        covered: How often its interval holds the number on the face.
        auc: How well P(half or fewer) tells people apart.
        said, came, too_hopeful: That probability, the share that came to it, and their difference.
        on_course_came, unlikely_came: The share of those called so; None where nobody was.
    """

    kind: str
    week: int
    covered: float
    auc: float
    said: float
    came: float
    too_hopeful: float
    on_course_came: float | None
    unlikely_came: float | None


@dataclass(frozen=True, kw_only=True)
class ChangeFigures:
    """All of it, and what was asked for; ``missed`` and ``noisier`` are of 20 lesions, by fewer or worse photos."""

    asked: Asked
    power: Sequence[Power]
    stable: Sequence[Stable]
    missed: Stable
    noisier: Stable
    relapse: Sequence[Relapse]
    coverage: Sequence[Coverage]
    outlook: Sequence[Outlook]
