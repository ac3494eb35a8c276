"""Every file against PyTorch on the same photos, by the way a phone takes: square, detection, counts, grades."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from mobile_models.assess import assess
from mobile_models.assessment import Capture
from mobile_models.bundle import Bundle
from mobile_models.detector import Detector
from mobile_models.export.annotated import AnnotatedPhoto
from mobile_models.export.graph import PhoneGraph
from mobile_models.export.metrics import ScoredPhoto, average_precision, centre_f1, count_error, iou
from mobile_models.grading.grade import Grade
from mobile_models.lesions import TOTAL, FloatArray

SAME_LESION_IOU = 0.5
LATENCY_ROUNDS = 9


class TorchDetector(Detector):
    """The bundle's detector with PyTorch in the place of its file."""

    def __init__(self, bundle: Bundle, graph: PhoneGraph) -> None:
        super().__init__(bundle, num_threads=1)
        torch.set_num_threads(1)
        self._graph = graph

    def raw(self, tensor: npt.NDArray[np.float32]) -> list[npt.NDArray[np.float32]]:
        """The graph's four outputs for a [1, S, S, 3] tensor."""
        with torch.no_grad():
            outputs = self._graph(torch.from_numpy(tensor).permute(0, 3, 1, 2).contiguous())
        return [output.numpy() for output in outputs]


@dataclass(frozen=True)
class Outcome:
    """What one detector makes of one photo.

    Attributes:
        found: All candidates and the annotated boxes, pixels.
        drawn: [n, 5] box and score of the lesions that are counted.
        count: Lesions counted.
        grades: By instrument, where it can be given.
        side_px: Of the square that the model saw.
    """

    found: ScoredPhoto
    drawn: FloatArray
    count: int
    grades: Mapping[str, int | str]
    side_px: int


def outcome(detector: Detector, photo: AnnotatedPhoto) -> Outcome:
    """Assess one photo."""
    assessment = assess([Capture("photo", photo.photo)], detector)
    rows = [(*lesion.box, lesion.score, lesion.counted) for lesion in assessment.photos[0].lesions]
    table = np.array(rows, dtype=np.float64).reshape(-1, 6)
    grades = {name: grade.value for name, grade in assessment.grades.items() if isinstance(grade, Grade)}
    return Outcome(
        found=ScoredPhoto(table[:, :4], table[:, 4], photo.boxes),
        drawn=table[table[:, 5] == 1, :5],
        count=assessment.counts[TOTAL].value,
        grades=grades,
        side_px=max(photo.photo.width_px, photo.photo.height_px),
    )


def quality(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """Return AP50, centre F1 and count MAE against the annotated boxes."""
    scored = [each.found for each in outcomes]
    counted, annotated = [each.count for each in outcomes], [len(each.found.reference) for each in outcomes]
    return {
        "ap50": round(average_precision(scored), 5),
        "centre_f1": round(centre_f1(scored).f1, 5),
        "count_mae": round(count_error(counted, annotated).mae, 4),
    }


def against_pytorch(
    pytorch: Sequence[Outcome], float32: Sequence[Outcome], its: Sequence[Outcome]
) -> dict[str, float | int]:
    """Return a file's quality, what it loses against PyTorch, and how far its drawn lesions are from PyTorch's."""
    before, now = quality(pytorch), quality(its)
    return {
        **now,
        "ap50_loss_points": round(100 * (before["ap50"] - now["ap50"]), 3),
        "centre_f1_loss_points": round(100 * (before["centre_f1"] - now["centre_f1"]), 3),
        "count_mae_change": round(abs(now["count_mae"] - before["count_mae"]), 4),
        "grade_agreement": grade_agreement(float32, its),
        **_farthest(pytorch, its),
    }


def grade_agreement(first: Sequence[Outcome], second: Sequence[Outcome]) -> float:
    """Return the share of grades, over photos and instruments, that are the same in both."""
    pairs = [
        (a.grades.get(name), b.grades.get(name))
        for a, b in zip(first, second, strict=True)
        for name in sorted(set(a.grades) | set(b.grades))
    ]
    return round(sum(a == b for a, b in pairs) / len(pairs), 5) if pairs else 1.0


def latency_ratios(files: Mapping[str, Path], open_file: Callable[[Path], Detector]) -> dict[str, float]:
    """Return each file's median time as a multiple of the first one's: one thread, all in turn in every round."""
    detectors = {kind: open_file(path) for kind, path in files.items()}
    size = next(iter(detectors.values())).bundle.input_size_px
    square = np.full((1, size, size, 3), 0.5, dtype=np.float32)
    took: dict[str, list[float]] = {kind: [] for kind in detectors}
    for turn in range(LATENCY_ROUNDS + 1):
        for kind, detector in detectors.items():
            start = time.perf_counter()
            detector.raw(square)
            if turn:
                took[kind].append(time.perf_counter() - start)
    times = {kind: median(values) for kind, values in took.items()}
    return {kind: round(value / next(iter(times.values())), 2) for kind, value in times.items()}


def _farthest(pytorch: Sequence[Outcome], its: Sequence[Outcome]) -> dict[str, Any]:
    """Follow each lesion that PyTorch's answer draws to the file's candidate that overlaps it most."""
    boxes, scores, lost, drawn = [0.0], [0.0], 0, 0
    for theirs, own in zip(pytorch, its, strict=True):
        drawn += len(theirs.drawn)
        if not len(own.found.boxes):
            lost += len(theirs.drawn)
            continue
        overlap = iou(theirs.drawn[:, :4], own.found.boxes)
        best = overlap.argmax(axis=1)
        same = overlap[np.arange(len(best)), best] >= SAME_LESION_IOU
        lost += int((~same).sum())
        moved = np.abs(theirs.drawn[same, :4] - own.found.boxes[best[same]])
        boxes += (moved.max(axis=1, initial=0) / own.side_px).tolist()
        scores += np.abs(theirs.drawn[same, 4] - own.found.scores[best[same]]).tolist()
    return {
        "drawn_by_pytorch": drawn,
        "drawn_lost": lost,
        "largest_box_difference": round(max(boxes), 6),
        "largest_score_difference": round(max(scores), 6),
    }
