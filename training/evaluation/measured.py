"""All that an evaluation measures, in one value: what ``measured.json`` holds, and the manifest of a bundle keeps."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from training.change.figures import ChangeFigures
from training.evaluation.compare import Comparison, Interval
from training.evaluation.counts import ClearFaces, CountFigures
from training.evaluation.curves import Curves
from training.evaluation.detection import AnyLesion, OneKind
from training.evaluation.failures import FailureFigures
from training.evaluation.fates import ViewFigures
from training.evaluation.grades import GradeFigures
from training.evaluation.latency import Latency
from training.evaluation.learning import LearningCurve
from training.evaluation.levels import LevelFigures
from training.evaluation.reliability import ReliabilityFigures
from training.evaluation.repeatability import DetectableChange
from training.evaluation.tone import ToneFigures
from training.evaluation.trend import TrendFigures
from training.evaluation.types import TypeFigures
from training.gate.figures import GateFigures
from training.json_form import from_json, to_json
from training.provenance import TrainingData


@dataclass(frozen=True)
class SizeValues:
    """One figure of one source by every input size."""

    source: str
    figure: str
    values: Mapping[str, Interval]


@dataclass(frozen=True, kw_only=True)
class ChosenSize:
    """The choice of input size and crop: what each costs, by layout and threads, and what it finds."""

    machine: str
    long_side_px: int
    latency: Mapping[str, Mapping[str, Latency]]
    figures: Sequence[SizeValues]
    why: str


@dataclass(frozen=True, kw_only=True)
class ChosenTraining:
    """Trainings compared, and the name of the one that is released."""

    released: str
    figures: Sequence[Comparison]


@dataclass(frozen=True, kw_only=True)
class Metrics:
    """Every figure on photos held out of training, out of fold; by source unless said otherwise.

    Attributes:
        notes: What must be known of a source to read its figures.
        fitted_on: By group of lesions, the sources that its count is fitted to.
        by_type: By source and ``detection.KINDS``.
        counts: By group of lesions and source.
        tone: By source and apparent tone.
        photos: How many were measured.
        change: Of verdicts over a series of visits, on simulated people.
        gate: Of photos that cannot be judged.
    """

    standard_note: str
    notes: Mapping[str, str]
    fitted_on: Mapping[str, Sequence[str]]
    detection: Mapping[str, AnyLesion]
    by_type: Mapping[str, Mapping[str, OneKind]]
    types: Mapping[str, TypeFigures]
    counts: Mapping[str, Mapping[str, CountFigures]]
    clear: Mapping[str, ClearFaces]
    levels: Mapping[str, LevelFigures]
    grades: Mapping[str, GradeFigures]
    reliability: Mapping[str, ReliabilityFigures]
    tone: Mapping[str, Mapping[str, ToneFigures]]
    failures: Mapping[str, FailureFigures]
    photos: int
    views: ViewFigures | None = None
    trend: TrendFigures | None = None
    change: ChangeFigures | None = None
    gate: GateFigures | None = None
    sizes: ChosenSize | None = None
    compared: ChosenTraining | None = None
    learning_curve: LearningCurve | None = None


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A model measured.

    Attributes:
        calibration: The manifest's, as ``Calibration.from_manifest`` reads it.
        curves: What the plots are drawn from; a bundle does not keep them.
    """

    calibration: Mapping[str, Any]
    mdc: DetectableChange
    metrics: Metrics
    training: TrainingData
    curves: Curves | None = None

    @classmethod
    def read(cls, value: object) -> Measured:
        """Return what was measured, of ``measured.json`` or of a bundle's manifest.

        Raises:
            ValueError: a part is missing or no such thing; the message names it.
        """
        return from_json(cls, value)

    def text(self) -> str:
        """Return ``measured.json``, keys sorted. Raises ValueError for a figure that is no number."""
        return json.dumps(to_json(self), indent=1, sort_keys=True, allow_nan=False) + "\n"
