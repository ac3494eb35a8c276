"""Trend accuracy: is a face that has fewer lesions called better, and one that is the same called the same?

Pairs are a held-out real photo and a copy with annotated inflammatory lesions drawn over (``trend_cases``). Two rules
judge each pair:

verdict: what a phone says. Counts are rounded and better or worse is said when their difference exceeds the minimal
    detectable change (``mobile_models.change``); otherwise no change. Its SEM comes from photographs taken again, so
    it stays silent on drops that photographing alone could make, and small drops are not its failures.
direction: √expected count rises, falls, or stays within a tolerance, which is fitted on the other folds' groups. This
    is the three-class trend accuracy to put beside AcneDGNet's 0.878, as far as edited copies may stand beside
    follow-up visits.

The primary figure was fixed before any result was seen: accuracy of direction over the pairs whose annotated count
differs by at least half of the larger and by at least three lesions (half is the response that trials time), with all
unchanged pairs. Everything else, small drops above all, is reported beside it. After a first measurement (0.84) two
things did change, the definition not: edits take grain as rough as the skin's, where they had been too smooth, and the
list was drawn again without photos of which a copy had been trained on.

An edited copy has the light, the angle and the skin of its original. Nothing here shows how lesions heal, nor how far
two visits' photographs differ; the tolerance would be too narrow for those, and the verdict's is not.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from tqdm import tqdm

from mobile_models.change import exceeds_mdc
from mobile_models.image import read_photo
from training.datasets.photo import AnnotatedPhoto
from training.evaluation.bootstrap import Figure, interval, mean_of
from training.evaluation.inpaint import erase
from training.evaluation.predict import Predicted, Runner
from training.evaluation.trend_cases import TRENDS, Case, CasesDoNotFit, inflammatory_boxes

Counter = Callable[[Predicted], Mapping[str, float]]
"""From a photo's candidates to the expected count of each measure, "inflammatory" among them."""

MEASURE = "inflammatory"
FOLDS = 5
HALF, THREE = 0.5, 3
SHARES = {"below 25 %": (0, 0.25), "25-50 %": (0.25, 0.5), "50-75 %": (0.5, 0.75), "75-100 %": (0.75, 1.01)}
LESIONS = {"1-2": (1, 3), "3-5": (3, 6), "6-10": (6, 11), "over 10": (11, np.inf)}


@dataclass(frozen=True)
class Pair:
    """One case as it was measured: annotated and expected inflammatory lesions of the first photo and the second."""

    case: Case
    group: str
    annotated: tuple[int, int]
    expected: tuple[float, float]

    @property
    def lesions(self) -> int:
        """How many annotated lesions came or went."""
        return abs(self.annotated[1] - self.annotated[0])

    @property
    def share(self) -> float:
        """The same as a share of the larger count."""
        return self.lesions / max(self.annotated)

    @property
    def change(self) -> float:
        """√second − √first of the expected counts."""
        return float(np.diff(np.sqrt(self.expected))[0])

    @property
    def annotated_change(self) -> float:
        """√second − √first of the annotated counts."""
        return float(np.diff(np.sqrt(self.annotated))[0])

    @property
    def primary(self) -> bool:
        """Whether the pair belongs to the primary figure."""
        return self.case.case == "same" or (self.share >= HALF and self.lesions >= THREE)


def trend_figures(pairs: Sequence[Pair], sem: float) -> dict[str, Any]:
    """Return trend accuracy by both rules with bootstrap 95 % intervals over groups.

    Args:
        pairs: the cases as they were measured.
        sem: of √count of ``MEASURE``, as the manifest's "mdc" has it.
    """
    direction, tolerance = by_direction(pairs)
    verdict = [by_verdict(*np.floor(np.add(one.expected, 0.5)).astype(int).tolist(), sem) for one in pairs]
    perfect = [by_verdict(*one.annotated, sem) for one in pairs]
    return {
        "measure": MEASURE,
        "cases": {trend: sum(one.case.case == trend for one in pairs) for trend in TRENDS},
        "photos": len({(one.case.source, one.case.image) for one in pairs}),
        "primary": "direction, pairs that differ by half or more and by three lesions or more, and unchanged pairs",
        "responsiveness": responsiveness(pairs),
        "direction": {"tolerance_sqrt": round(tolerance, 4), **accuracies(pairs, direction)},
        "verdict": {"sem_sqrt": sem, **accuracies(pairs, verdict)},
        "verdict_on_annotated_counts": {
            "primary": _accuracy(pairs, perfect, lambda one: one.primary),
            "all": _accuracy(pairs, perfect),
        },
    }


def measure_pairs(
    runner: Runner, photos: Mapping[str, Sequence[AnnotatedPhoto]], counter: Counter, cases: Iterable[Case]
) -> list[Pair]:
    """Edit, run and count every case. Both photos of a pair go the same way, as PNG files that are deleted after.

    Args:
        runner: the model.
        photos: held-out photos by source; cases of others, on which a run was trained, are left out.
        counter: expected counts; out of fold, if a photo's own counts had a part in the fit. An edited photo keeps
            its original's source and group.
        cases: the fixed list (``read_cases``).

    Raises:
        CasesDoNotFit: when no case is left, or a photo's boxes are not those that its case was drawn from.
    """
    by_name = {(name, photo.path.stem): photo for name, some in photos.items() for photo in some}
    usable = [case for case in cases if (case.source, case.image) in by_name]
    if not usable:
        raise CasesDoNotFit(
            "No photo of the trend cases is among the held-out photos. Measure on the data that they were drawn from, "
            "or draw them again: python -m training.evaluation.trend_draw"
        )
    pairs = []
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder) / "photo.png"
        for case in tqdm(usable, desc="trend", unit="pair"):
            photo = by_name[case.source, case.image]
            case.fits(photo)
            pixels = np.asarray(read_photo(photo.path).pixels)
            both = [(pixels, photo), edit(pixels, photo, case)]
            if case.edited == "first":
                both.reverse()
            expected = []
            for shown, annotated in both:
                Image.fromarray(shown).save(scratch, compress_level=1)
                expected.append(float(counter(runner.predict(replace(annotated, path=scratch)))[MEASURE]))
            first, second = (len(inflammatory_boxes(annotated)) for _, annotated in both)
            pairs.append(Pair(case, photo.group, (first, second), (expected[0], expected[1])))
    return pairs


def edit(pixels: np.ndarray, photo: AnnotatedPhoto, case: Case) -> tuple[np.ndarray, AnnotatedPhoto]:
    """Return the case's edited copy (height, width, 3) and what is annotated in it."""
    scale = np.array([pixels.shape[1], pixels.shape[0]] * 2)
    stays = np.setdiff1d(np.arange(len(photo.boxes)), case.erased)
    gone = case.places if case.case == "same" else photo.boxes[list(case.erased)]
    copy = erase(pixels, gone * scale, photo.boxes[stays] * scale)
    return copy, replace(photo, boxes=photo.boxes[stays], types=photo.types[stays])


def by_verdict(first: int, second: int, sem: float) -> str:
    """Return what a phone says of two counts."""
    if not exceeds_mdc(first, second, sem):
        return "same"
    return "better" if second < first else "worse"


def by_direction(pairs: Sequence[Pair], seed: int = 0) -> tuple[list[str], float]:
    """Return what each pair is called with the tolerance of the other folds, and the folds' mean tolerance."""
    groups = sorted({one.group for one in pairs})
    fold_of = dict(zip(groups, np.random.default_rng(seed).permutation(len(groups)) % FOLDS, strict=True))
    tolerances = {
        fold: fit_tolerance([one for one in pairs if fold_of[one.group] != fold]) for fold in set(fold_of.values())
    }
    said = [_called(one.change, tolerances[fold_of[one.group]]) for one in pairs]
    return said, float(np.mean(list(tolerances.values())))


def fit_tolerance(pairs: Sequence[Pair]) -> float:
    """Return the |√second − √first| up to which pairs are best called the same."""
    sizes = np.sort([abs(one.change) for one in pairs])
    candidates = np.concatenate([[0.0], (sizes[1:] + sizes[:-1]) / 2])
    right = [sum(_called(one.change, limit) == one.case.case for one in pairs) for limit in candidates]
    return float(candidates[int(np.argmax(right))])


def responsiveness(pairs: Sequence[Pair]) -> Figure:
    """Return how much of the annotated change is predicted, on the square-root scale: slope through the origin.

    Below 1 where lesions are missed, or where others are counted that no annotator boxed and that stay.
    """
    changed = [one for one in pairs if one.case.case != "same"]
    annotated, predicted = (np.array([getattr(one, of) for one in changed]) for of in ("annotated_change", "change"))

    def slope(times: np.ndarray) -> float:
        return float((times * annotated * predicted).sum() / (times * annotated**2).sum())

    return interval(slope, [one.group for one in changed])


def accuracies(pairs: Sequence[Pair], said: Sequence[str]) -> dict[str, Any]:
    """Return a rule's accuracy: primary, over all pairs, of unchanged pairs, and of changed ones by their size."""
    sources = dict.fromkeys(one.case.source for one in pairs)
    opposite = [{"better": "worse", "worse": "better", "same": ""}[one.case.case] for one in pairs]
    table = [[0] * len(TRENDS) for _ in TRENDS]
    for one, called in zip(pairs, said, strict=True):
        table[TRENDS.index(one.case.case)][TRENDS.index(called)] += 1

    def changed(one: Pair) -> bool:
        return one.case.case != "same"

    def sized(low: float, high: float, size: Callable[[Pair], float]) -> Figure:
        return _accuracy(pairs, said, lambda one: changed(one) and low <= size(one) < high)

    return {
        "primary": _accuracy(pairs, said, lambda one: one.primary),
        "all": _accuracy(pairs, said),
        "unchanged": _accuracy(pairs, said, lambda one: not changed(one)),
        "changed": _accuracy(pairs, said, changed),
        "called_the_opposite": sum(called == wrong for called, wrong in zip(said, opposite, strict=True)),
        "by_share": {name: sized(*bounds, lambda one: one.share) for name, bounds in SHARES.items()},
        "by_lesions": {name: sized(*bounds, lambda one: one.lesions) for name, bounds in LESIONS.items()},
        "primary_by_source": {
            name: _accuracy(pairs, said, lambda one, name=name: one.primary and one.case.source == name)
            for name in sources
        },
        "true_by_called": table,
    }


def _called(change: float, tolerance: float) -> str:
    if abs(change) <= tolerance:
        return "same"
    return "better" if change < 0 else "worse"


def _accuracy(pairs: Sequence[Pair], said: Sequence[str], wanted: Callable[[Pair], bool] = lambda one: True) -> Figure:
    """Share of the ``n`` wanted pairs that are called rightly."""
    judged = [(one.group, called == one.case.case) for one, called in zip(pairs, said, strict=True) if wanted(one)]
    return interval(mean_of([right for _, right in judged]), [group for group, _ in judged])
