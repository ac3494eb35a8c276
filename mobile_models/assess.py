"""The main job for one visit: photos in, one assessment out. `assess` reads from top to bottom."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from mobile_models.assessment import AssessedPhoto, Assessment, Capture
from mobile_models.calibration import Calibration
from mobile_models.counts import UNCOUNTED, ExpectedCounts, choose_counted, counts_of, expected_counts
from mobile_models.detector import Detector
from mobile_models.errors import AssessmentError
from mobile_models.frames import Frames
from mobile_models.grading.grade import Grade, Unavailable
from mobile_models.grading.instruments import INSTRUMENTS
from mobile_models.image import Square, square_crop
from mobile_models.lesions import TYPES, Candidates, IntArray, Lesion
from mobile_models.placement import Places, place_in_photo, place_on_face
from mobile_models.quality import judge
from mobile_models.saying import findings_of, why_unavailable, why_ungraded
from mobile_models.zones import VIEWS


class VisitMalformed(AssessmentError):
    """Photos that do not make one visit."""

    code: ClassVar[str] = "visit_malformed"


def assess(captures: Sequence[Capture], detector: Detector) -> Assessment:
    """Assess the photos of one visit together, so that each zone is counted once.

    Photos of one view are re-posed frames of it, which make the count less noisy; see `frames`.

    Raises:
        VisitMalformed: no photo, an unknown view, or several views without the guide.
        ModelOutputInvalid: when the model answers with what is no detection.
    """
    check_visit(captures)
    bundle = detector.bundle
    calibration = bundle.calibration
    oval = bundle.zones if captures[0].guided else None
    captured = oval.captured([capture.view for capture in captures]) if oval else {}

    squares = [square_crop(capture.photo, oval, bundle.pad_value) for capture in captures]
    qualities = [
        judge(
            capture.photo,
            square,
            capture.view,
            oval,
            detector.faces(capture.photo),
            bundle.gate,
            bundle.exposure,
            bundle.input_size_px,
        )
        for capture, square in zip(captures, squares, strict=True)
    ]
    candidates = find_candidates(captures, squares, detector)
    places = place_on_face(candidates, captures, oval, captured)

    frames = Frames.of(captures, qualities)
    stands_for = calibration.expected_lesions(candidates.classes, candidates.scores, candidates.sizes)
    averaged = (stands_for * frames.share[candidates.photo, None])[places.owned]
    zone, side = places.zone[places.owned], places.side[places.owned]
    expected = expected_counts(averaged, zone, side, list(captured), bundle.zones.area_share, calibration)
    drawn = places.owned & frames.drawn[candidates.photo]
    counts = counts_of(expected, int(drawn.sum()), calibration.interval)

    counted_as = np.full(len(candidates), UNCOUNTED, dtype=np.int64)
    counted_as[drawn] = choose_counted(stands_for[drawn], [counts[kind].value for kind in TYPES])
    lesions = list_lesions(candidates, places, counted_as, calibration)
    photos = tuple(
        AssessedPhoto(
            captures[position],
            qualities[position],
            tuple(lesions[row] for row in np.flatnonzero(candidates.photo == position)),
        )
        for position in np.flatnonzero(frames.drawn)
    )
    shown = [photo.quality for photo in photos]
    unavailable = why_unavailable(shown)
    return Assessment(
        photos=photos,
        unavailable=unavailable,
        findings=findings_of(expected, bundle.gate),
        counts=counts,
        zones=counts_by_zone(photos, captured) if oval else None,
        zones_expected=expected.by_zone() if oval else None,
        frames=frames.number,
        grades=grade_all(expected, why_ungraded(shown, unavailable, bundle.gate), bundle.grading),
        model={"id": bundle.id, "version": bundle.version, "sha256": bundle.model_sha256},
    )


def check_visit(captures: Sequence[Capture]) -> None:
    """Refuse photos that do not make one visit.

    Raises:
        VisitMalformed: naming what is wrong and the remedy.
    """
    views = [capture.view for capture in captures]
    if not captures:
        raise VisitMalformed("A visit needs a photo. Name at least one.")
    if unknown := sorted(set(views) - set(VIEWS)):
        raise VisitMalformed(f"There is no view {unknown[0]!r}. Name one of {', '.join(VIEWS)}.")
    if len({capture.guided for capture in captures}) > 1:
        raise VisitMalformed("Some photos of the visit were taken with the guide and some not. Take all with it.")
    if len(set(views)) > 1 and not captures[0].guided:
        raise VisitMalformed(
            "Without the guide a lesion seen in two photos would be counted twice. Take the visit with the "
            "guide (--guided), or assess its photos one by one."
        )


def find_candidates(captures: Sequence[Capture], squares: Sequence[Square], detector: Detector) -> Candidates:
    """What the model proposes for the photos of a visit, seen in the reference light, in one table."""
    bundle = detector.bundle
    by_photo = []
    for position, (capture, square) in enumerate(zip(captures, squares, strict=True)):
        rows = detector.detect(square.tensor(bundle.input_size_px, bundle.exposure))
        by_photo.append(place_in_photo(rows, square, capture.photo, position))
    return Candidates.of_visit(by_photo)


def list_lesions(
    candidates: Candidates, places: Places, counted_as: IntArray, calibration: Calibration
) -> list[Lesion]:
    """The candidates of a visit as they are reported, in the order of its table.

    Args:
        candidates: of the visit.
        places: where they lie.
        counted_as: [n] position in `TYPES`, or `UNCOUNTED`.
        calibration: for P(type).
    """
    probabilities = calibration.type_probabilities(candidates.classes, candidates.scores, candidates.sizes)
    counted = counted_as != UNCOUNTED
    return list(
        map(
            Lesion,
            [TYPES[kind] for kind in np.where(counted, counted_as, candidates.classes)],
            candidates.scores.round(6).tolist(),
            candidates.boxes.round(2).tolist(),
            probabilities.round(4).tolist(),
            places.names,
            counted.tolist(),
        )
    )


def counts_by_zone(photos: Sequence[AssessedPhoto], captured: Collection[str]) -> dict[str, dict[str, int]]:
    """Lesions counted in each captured zone, by type."""
    zones = {zone: dict.fromkeys(TYPES, 0) for zone in captured}
    for lesion in (lesion for photo in photos for lesion in photo.lesions):
        if lesion.counted and lesion.zone:
            zones[lesion.zone][lesion.type] += 1
    return zones


def grade_all(
    expected: ExpectedCounts, unavailable: str | None, tables: Mapping[str, Any]
) -> dict[str, Grade | Unavailable]:
    """Every instrument's grade; none where there is a reason against it."""
    if unavailable:
        return dict.fromkeys(INSTRUMENTS, Unavailable(unavailable))
    return {name: grade(expected, tables[name]) for name, grade in INSTRUMENTS.items()}
