"""Double counts and misses between the three views of a visit, on rendered faces whose every lesion is known.

The fixed zones and their owners are meant to count each lesion once. How far they do is measured twice: by geometry
alone, as if a detector found every lesion where it is; and by what an assessment of the visit really counts. Faces
come from ``python -m training.synthetic views``, people and lamps that no training photo shows. They turn their heads
as hand-held captures do; they are rendered, so detection on them says little about real faces.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from mobile_models.assess import assess
from mobile_models.assessment import AssessedPhoto, Assessment, Capture
from mobile_models.bundle import Bundle
from mobile_models.detector import Detector
from mobile_models.export.metrics import ScoredPhoto, matches_by_centre
from mobile_models.image import PAD_VALUE, read_photo
from mobile_models.lesions import GROUPS, INFLAMMATORY, TOTAL, TYPES
from mobile_models.tables import grading_tables, zone_table
from mobile_models.zones import FRONT, NOWHERE, VIEWS, ZONES, ZoneTable
from training.array import Array
from training.bootstrap import Figure, interval, mean_of
from training.evaluation.fates import ByDetector, ByGeometry, Detected, Fates, Owned, Person, ViewFigures

AssessVisit = Callable[[Sequence[Capture]], Assessment]
"""``mobile_models.assess.assess`` by one detector."""


@dataclass(frozen=True)
class Visit:
    """One rendered visit.

    Attributes:
        person: name of its files.
        ita: individual typology angle of the skin, degrees.
        types: type of each lesion on the face, seen or not.
        boxes: by view, lesion to box x0 y0 x1 y1 in pixels of that view's photo.
        captures: the photos.
    """

    person: str
    ita: float
    types: tuple[str, ...]
    boxes: Mapping[str, Mapping[int, Array]]
    captures: tuple[Capture, ...]


@dataclass(frozen=True)
class Fate:
    """What became of one lesion.

    Attributes:
        person: whose it is.
        inflammatory: whether it is one of papule, pustule and nodule.
        seen: views that show it.
        zoned: views in which it lies in a zone.
        owned: views in which it lies in a zone that the view owns: as often is it counted if all is found.
        counted: how often the assessment counts it.
        front_owned: whether the front view, taken alone, would own it.
    """

    person: str
    inflammatory: bool
    seen: int
    zoned: int
    owned: int
    counted: int
    front_owned: bool


def read_visits(folder: Path) -> list[Visit]:
    """Read a folder of rendered visits.

    Raises:
        ValueError: when it holds none.
    """
    visits = []
    for table in sorted(folder.glob("*.json")):
        visit = json.loads(table.read_text())
        visits.append(
            Visit(
                table.stem,
                float(visit["ita"]),
                tuple(lesion["type"] for lesion in visit["lesions"]),
                {
                    view: {
                        i: np.array(lesion["boxes"][view])
                        for i, lesion in enumerate(visit["lesions"])
                        if view in lesion["boxes"]
                    }
                    for view in VIEWS
                },
                tuple(
                    Capture(view, read_photo(folder / f"{table.stem}-{view}.jpg"), view, guided=True) for view in VIEWS
                ),
            )
        )
    if not visits:
        raise ValueError(f"{folder} holds no rendered visit. Render some: python -m training.synthetic views")
    return visits


def assess_before_release(model: Path, calibration: Mapping[str, Any]) -> AssessVisit:
    """Return what a phone will do with a model that is in no bundle yet.

    Args:
        model: a converted LiteRT file; the released face model is put beside it where there is none.
        calibration: as it will stand in the manifest, with ``input_size_px``.
    """
    size_px = int(calibration["input_size_px"])
    released = Bundle.open()
    finder = str(released.manifest["gate"]["face"]["file"])
    if not (model.parent / finder).exists():
        shutil.copyfile(released.folder / finder, model.parent / finder)
    manifest = {
        "id": "unreleased",
        "version": "0.0.0",
        "files": {model.name: {"sha256": ""}},
        "input": {**released.manifest["input"], "shape": [1, size_px, size_px, 3], "pad_value": PAD_VALUE},
        "gate": released.manifest["gate"],
        "zones": zone_table(),
        "grading": grading_tables(),
        "calibration": calibration,
    }
    return partial(assess, detector=Detector(Bundle(model.parent, manifest, model.name)))


def view_figures(assess_visit: AssessVisit, folder: Path, oval: ZoneTable) -> ViewFigures:
    """Return how often lesions are counted twice or missed between views, with intervals over people.

    Args:
        assess_visit: assesses the three captures of a visit as a phone does.
        folder: written by ``python -m training.synthetic views``.
        oval: the zone table of that model.
    """
    everyone: list[Fate] = []
    people = []
    for visit in tqdm(read_visits(folder), desc="views", unit="visit"):
        assessment = assess_visit(visit.captures)
        fates = fates_of(visit, assessment, oval)
        counted = sum(lesion.counted for photo in assessment.photos for lesion in photo.lesions)
        everyone += fates
        people.append(
            Person(
                visit.person,
                visit.ita,
                len(fates),
                Owned(twice=_number(fates, "owned", 2), missed=_number(fates, "owned", 0)),
                Detected(
                    twice=_number(fates, "counted", 2),
                    missed=_number(fates, "counted", 0),
                    false=counted - sum(fate.counted for fate in fates),
                    total=assessment.counts[TOTAL].value,
                ),
            )
        )
    inflammatory = [fate for fate in everyone if fate.inflammatory]
    return ViewFigures(tuple(people), shares(everyone), shares(inflammatory))


def fates_of(visit: Visit, assessment: Assessment, oval: ZoneTable) -> list[Fate]:
    """Return what became of each lesion of a visit."""
    owners, alone = oval.captured(VIEWS), oval.captured([FRONT])
    counted = {
        photo.capture.view: counted_lesions(photo, visit.boxes[photo.capture.view]) for photo in assessment.photos
    }
    zones = {capture.view: _zones(visit, capture, oval) for capture in visit.captures}
    inflammatory = {TYPES[kind] for kind in GROUPS[INFLAMMATORY]}
    return [
        Fate(
            person=visit.person,
            inflammatory=kind in inflammatory,
            seen=sum(number in visit.boxes[view] for view in VIEWS),
            zoned=sum(number in zones[view] for view in VIEWS),
            owned=sum(owners.get(zones[view].get(number, "")) == view for view in VIEWS),
            counted=sum(counted[view].count(number) for view in counted),
            front_owned=zones[FRONT].get(number) in alone,
        )
        for number, kind in enumerate(visit.types)
    ]


def counted_lesions(photo: AssessedPhoto, boxes: Mapping[int, Array]) -> list[int]:
    """Return the lesions that a photo's counted candidates stand for: their centres lie in its box, one to one."""
    counted = [lesion for lesion in photo.lesions if lesion.counted]
    numbers = list(boxes)
    scored = ScoredPhoto(
        np.array([lesion.box for lesion in counted], dtype=np.float64).reshape(-1, 4),
        np.array([lesion.score for lesion in counted], dtype=np.float64),
        np.array([boxes[number] for number in numbers], dtype=np.float64).reshape(-1, 4),
    )
    return [numbers[hit] for hit in matches_by_centre(scored).tolist() if hit >= 0]


def shares(fates: Sequence[Fate]) -> Fates:
    """Return the shares of lesions by fate; ``n`` lesions, resampled by person."""

    def share(met: Callable[[Fate], bool]) -> Figure:
        return interval(mean_of([met(fate) for fate in fates]), [fate.person for fate in fates])

    return Fates(
        ByGeometry(
            once=share(lambda fate: fate.owned == 1),
            twice=share(lambda fate: fate.owned > 1),
            missed=share(lambda fate: fate.owned == 0),
            missed_as_no_view_shows_it=share(lambda fate: fate.seen == 0),
            missed_as_it_lies_in_no_zone=share(lambda fate: fate.seen > 0 and fate.zoned == 0),
            missed_as_its_view_does_not_own_it=share(lambda fate: fate.zoned > 0 and fate.owned == 0),
            missed_by_the_front_view_alone=share(lambda fate: not fate.front_owned),
        ),
        ByDetector(
            once=share(lambda fate: fate.counted == 1),
            twice=share(lambda fate: fate.counted > 1),
            missed=share(lambda fate: fate.counted == 0),
            missed_though_owned=share(lambda fate: fate.counted == 0 and fate.owned > 0),
        ),
    )


def _zones(visit: Visit, capture: Capture, oval: ZoneTable) -> dict[int, str]:
    """Lesion to zone, of the lesions that a capture shows in one."""
    boxes = visit.boxes[capture.view]
    centres = np.array([(box[:2] + box[2:]) / 2 for box in boxes.values()]).reshape(-1, 2)
    points = oval.oval_coordinates(centres, capture.photo.width_px, capture.photo.height_px)
    zones = oval.zone_of(capture.view, points).tolist()
    return {number: ZONES[zone] for number, zone in zip(boxes, zones, strict=True) if zone != NOWHERE}


def _number(fates: Sequence[Fate], how: str, times: int) -> int:
    """How many lesions met a fate ``times``; 2 stands for twice or more."""
    return sum(min(int(getattr(fate, how)), 2) == times for fate in fates)
