"""Assess many photos from files: a bad one is reported and the rest go on."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from tqdm import tqdm

from mobile_models.assess import assess
from mobile_models.assessment import Assessment, Capture
from mobile_models.bundle import Bundle
from mobile_models.detector import Detector
from mobile_models.draw import draw
from mobile_models.errors import AssessmentError
from mobile_models.image import MAX_BYTES, read_photo
from mobile_models.summary import summarise

STANDARD_INPUT = "-"


class DrawingNotWritten(AssessmentError):
    """The drawing could not be saved."""

    code: ClassVar[str] = "drawing_not_written"


@dataclass(frozen=True)
class Job:
    """What the command line asks for: photos, each with its view, and what to make of them."""

    photos: tuple[str, ...]
    views: tuple[str, ...]
    guided: bool
    visit: bool
    as_json: bool
    draw: Path | None
    bundle: Path
    threads: int | None

    def drawings(self) -> list[Path]:
        """Where each photo's drawing goes: the name as given, numbered from 1 when there are several."""
        if self.draw is None:
            return []
        if len(self.photos) == 1:
            return [self.draw]
        return [self.draw.with_stem(f"{self.draw.stem}-{n}") for n in range(1, len(self.photos) + 1)]


def run(job: Job) -> int:
    """Assess, print and draw; a refused photo gives an error line on stderr, with JSON an object instead.

    A visit with a refused photo is not assessed, as its counts would be wrong.

    Returns:
        How many photos, or bundles, were refused.
    """
    report = _Report(job.as_json)
    try:
        detector = Detector(Bundle.open(job.bundle), job.threads)
    except AssessmentError as error:
        report.refuse(None, error)
        return report.refused
    if job.visit:
        _run_visit(job, detector, report)
    else:
        for position in _progress(job):
            _run_photo(job, position, detector, report)
    return report.refused


def _run_photo(job: Job, position: int, detector: Detector, report: _Report) -> None:
    try:
        assessment = assess([_capture(job, position)], detector)
        _draw(assessment, job.drawings()[position : position + 1], detector)
    except AssessmentError as error:
        report.refuse(job.photos[position], error)
    else:
        report.give(assessment, assessment.photo_json())


def _run_visit(job: Job, detector: Detector, report: _Report) -> None:
    captures = []
    for position in _progress(job):
        try:
            captures.append(_capture(job, position))
        except AssessmentError as error:
            report.refuse(job.photos[position], error)
    if report.refused:
        return
    try:
        assessment = assess(captures, detector)
        shown = {id(photo.capture) for photo in assessment.photos}
        paths = zip(job.drawings(), captures, strict=False)
        _draw(assessment, [path for path, capture in paths if id(capture) in shown], detector)
    except AssessmentError as error:
        report.refuse(None, error)
    else:
        report.give(assessment, assessment.visit_json())


def _capture(job: Job, position: int) -> Capture:
    name = job.photos[position]
    source = sys.stdin.buffer.read(MAX_BYTES + 1) if name == STANDARD_INPUT else Path(name)
    return Capture(name, read_photo(source), job.views[position], job.guided)


def _draw(assessment: Assessment, paths: Sequence[Path], detector: Detector) -> None:
    for path, photo in zip(paths, assessment.photos, strict=False):
        try:
            draw(photo, detector.bundle.zones).save(path)
        except OSError as error:
            raise DrawingNotWritten("The drawing cannot be saved. Name a file that may be written.") from error


def _progress(job: Job) -> Iterator[int]:
    bar = tqdm(range(len(job.photos)), unit="photo", file=sys.stderr, disable=len(job.photos) < 2)
    yield from bar


@dataclass
class _Report:
    """Prints what was found, and counts what was refused."""

    as_json: bool
    refused: int = 0

    def give(self, assessment: Assessment, as_json: dict[str, Any]) -> None:
        tqdm.write(json.dumps(as_json, allow_nan=False) if self.as_json else summarise(assessment) + "\n")

    def refuse(self, photo: str | None, error: AssessmentError) -> None:
        self.refused += 1
        if self.as_json:
            tqdm.write(json.dumps({"photo": photo, "error": {"code": error.code, "message": str(error)}}))
        else:
            tqdm.write(f"{photo or 'error'}: {error}", file=sys.stderr)
