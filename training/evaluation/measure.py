"""Everything that is measured on held-out photos, out of fold."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from mobile_models.calibration import Calibration
from training.evaluation.counts import CountFigures, clear_figures, count_figures
from training.evaluation.curves import curves
from training.evaluation.detection import any_lesion, by_type
from training.evaluation.failures import failure_figures
from training.evaluation.fit import Counted, calibrate, count
from training.evaluation.grades import grade_figures
from training.evaluation.held import Held
from training.evaluation.levels import level_figures
from training.evaluation.measured import Measured, Metrics
from training.evaluation.plan import Plan
from training.evaluation.reliability import reliability_figures
from training.evaluation.repeatability import detectable_change
from training.evaluation.tone import tone_figures
from training.evaluation.types import type_figures
from training.provenance import TrainingData

F = TypeVar("F")


def measure(
    held: Held,
    plan: Plan,
    grading: Mapping[str, Any],
    calibrations: Mapping[str, Calibration],
    training: TrainingData,
    size_px: int,
) -> Measured:
    """Return the calibration that ships, the minimal detectable change, every figure, and curves for the plots.

    Args:
        held: Predictions by source.
        plan: What is fitted to what.
        grading: The bundle's grading tables.
        calibrations: By group of photos, fitted without it.
        training: What the model was trained on.
        size_px: Side of its input.
    """
    photos = [photo for some in held.values() for photo in some]
    of = {name: [count(photo, calibrations[photo.photo.group]) for photo in some] for name, some in held.items()}
    judged = {name: some for name, some in of.items() if name not in plan.sparse}
    boxed = {name: some for name, some in of.items() if any(len(photo.predicted.reference) for photo in some)}
    typed = {name: some for name, some in boxed.items() if name in judged}
    calibration = calibrate(photos, plan)
    shipped = Calibration.from_manifest(calibration)
    repeats = [count(photo, shipped) for photo in held.get(plan.repeats, [])]
    levels = {name: above for name, above in plan.levels.items() if name in of}
    return Measured(
        calibration={**calibration, "input_size_px": size_px},
        mdc=detectable_change(repeats, plan.repeats_note),
        metrics=Metrics(
            standard_note=plan.standard_note,
            notes={name: note for name, note in plan.notes.items() if name in of},
            fitted_on={group: [name for name in names if name in of] for group, names in plan.counts.items()},
            detection=_each(boxed, any_lesion),
            by_type=_each(typed, by_type),
            types=_each(typed, type_figures),
            counts=_by_group(_each(judged, count_figures)),
            clear=_each({name: of[name] for name in plan.clear if name in of}, clear_figures),
            levels={name: level_figures(of[name], above) for name, above in levels.items()},
            grades=_each(judged, lambda some: grade_figures(some, grading)),
            reliability=_each(typed, reliability_figures),
            tone=_each(judged, tone_figures),
            failures=_each(typed, failure_figures),
            photos=len(photos),
        ),
        training=training,
        curves=curves(judged, levels),
    )


def _each(photos: Mapping[str, Sequence[Counted]], figures: Callable[[Sequence[Counted]], F | None]) -> dict[str, F]:
    """Return the figures of each source that has any."""
    return {name: its_figures for name, some in photos.items() if (its_figures := figures(some))}


def _by_group(counts: Mapping[str, Mapping[str, CountFigures]]) -> dict[str, dict[str, CountFigures]]:
    groups: dict[str, dict[str, CountFigures]] = {}
    for source, figures in counts.items():
        for group, its_figures in figures.items():
            groups.setdefault(group, {})[source] = its_figures
    return groups
