"""The trend cases as they are measured: a photo and its edited copy, annotated and expected lesions of both."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image
from tqdm import tqdm

from mobile_models.image import read_photo
from mobile_models.lesions import INFLAMMATORY
from training.array import Array
from training.datasets.photo import AnnotatedPhoto
from training.evaluation.inpaint import erase
from training.evaluation.predict import Predicted, Runner
from training.evaluation.trend_cases import Case, CasesDoNotFit, inflammatory_boxes

Counter = Callable[[Predicted], Mapping[str, float]]
"""From a photo's candidates to the expected count of each measure, "inflammatory" among them."""

MEASURE = INFLAMMATORY
HALF, THREE = 0.5, 3


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


def edit(pixels: Array, photo: AnnotatedPhoto, case: Case) -> tuple[Array, AnnotatedPhoto]:
    """Return the case's edited copy (height, width, 3) and what is annotated in it."""
    scale = np.array([pixels.shape[1], pixels.shape[0]] * 2)
    stays = np.setdiff1d(np.arange(len(photo.boxes)), case.erased)
    gone = case.places if case.case == "same" else photo.boxes[list(case.erased)]
    copy = erase(pixels, gone * scale, photo.boxes[stays] * scale)
    return copy, replace(photo, boxes=photo.boxes[stays], types=photo.types[stays])
