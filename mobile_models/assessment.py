"""What one model says of one visit, as values and as the JSON that is stored and synced."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mobile_models.grading.grade import Grade, Unavailable
from mobile_models.image import Photo
from mobile_models.lesions import EXPERIMENTAL, Count, Lesion
from mobile_models.quality import Quality
from mobile_models.zones import FRONT


@dataclass(frozen=True)
class Capture:
    """One photo of a visit: how it is called, which view it shows, whether the capture oval was used."""

    name: str
    photo: Photo
    view: str = FRONT
    guided: bool = False


@dataclass(frozen=True)
class Said:
    """Something told of a visit: a code for software, and words for a person."""

    code: str
    message: str

    def to_json(self) -> dict[str, Any]:
        """What is told as it stands in an assessment."""
        return {"code": self.code, "message": self.message}


@dataclass(frozen=True)
class AssessedPhoto:
    """One photo with its quality and all its candidates, best first."""

    capture: Capture
    quality: Quality
    lesions: tuple[Lesion, ...]

    def to_json(self) -> dict[str, Any]:
        """The photo as it stands in an assessment."""
        return {
            "photo": self.capture.name,
            "view": self.capture.view,
            "guided": self.capture.guided,
            "lesions": [lesion.to_json() for lesion in self.lesions],
            "quality": self.quality.to_json(),
        }


@dataclass(frozen=True)
class Assessment:
    """One visit's photos, counts and grades, with the model that made them.

    Attributes:
        unavailable: why nothing is said of the visit: its counts are kept for research, and are no result.
        findings: what is to be told beside the counts.
        zones: lesions counted in each captured zone by type; None without the guide.
        zones_expected: mean lesions of each type and group in each captured zone, which change is computed from.
        frames: fewest re-posed frames that a view rests on.
    """

    photos: tuple[AssessedPhoto, ...]
    unavailable: Said | None
    findings: tuple[Said, ...]
    counts: Mapping[str, Count]
    zones: Mapping[str, Mapping[str, int]] | None
    zones_expected: Mapping[str, Mapping[str, float]] | None
    frames: int
    grades: Mapping[str, Grade | Unavailable]
    model: Mapping[str, str]

    def photo_json(self) -> dict[str, Any]:
        """The assessment of a single photo: the photo and what is said of it in one flat object."""
        return {**self.photos[0].to_json(), **self._of_visit()}

    def visit_json(self) -> dict[str, Any]:
        """The assessment of a visit: its photos, each with its own lesions and quality, then the rest."""
        return {"visit": True, "photos": [photo.to_json() for photo in self.photos], **self._of_visit()}

    def _of_visit(self) -> dict[str, Any]:
        return {
            "unavailable": self.unavailable and self.unavailable.to_json(),
            "findings": [finding.to_json() for finding in self.findings],
            "counts": {name: count.to_json() for name, count in self.counts.items()},
            "zones": self.zones,
            "zones_expected": self.zones_expected,
            "frames": self.frames,
            "grades": {name: grade.to_json() for name, grade in self.grades.items()},
            "experimental": list(EXPERIMENTAL),
            "model": self.model,
        }
