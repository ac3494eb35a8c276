"""One visit: every view large with its lesions, the counts by zone, the grades with their distributions."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, render_template

from mobile_models.lesions import INFLAMMATORY, NON_INFLAMMATORY, PLURALS, TOTAL, TYPES, lesions_in
from mobile_models.zones import ZONES
from server.pages.browser_session import page_login_required
from server.pages.faces import VIEW_WORDS, face
from server.pages.grades import shown_grades
from server.pages.reader import reader
from server.progress.progress import Progress, progress_of
from server.progress.records import PhotoRecord, VisitRecord
from server.progress.spots import spot_words
from server.progress.words.visit import visit_words
from server.sharing.accesses.recording import record_read
from server.sharing.grants.access import require_access
from server.timeline.assessment import Assessment

blueprint = Blueprint("visit", __name__)

HEADINGS = {
    **{kind: PLURALS[kind].capitalize() for kind in TYPES},
    INFLAMMATORY: "Inflammatory",
    NON_INFLAMMATORY: "Non-inflammatory",
    TOTAL: "All lesions",
}


@blueprint.get("/timelines/<timeline_id>/visits/<visit_id>")
@page_login_required
def show(timeline_id: str, visit_id: str) -> str:
    """Show one visit."""
    access = require_access(reader(), timeline_id)
    progress = progress_of(access.timeline)
    visit = progress.visit(visit_id)
    record_read(reader(), timeline_id, "visit page")
    before, after = _neighbours(progress, visit)
    spots = spot_words(timeline_id, visit) if access.photos else {}
    return render_template(
        "visit.html",
        progress=progress,
        heading="Your progress" if access.grant is None else progress.patient_name,
        visit=visit,
        with_photos=access.photos,
        views=[_view(timeline_id, visit, photo, spots) for photo in visit.photos] if access.photos else [],
        said=visit_words(progress, visit),
        zones=_zones(visit.assessment),
        count_rows=_count_rows(visit.assessment),
        grades=shown_grades(visit.assessment, to_dermatologist=access.grant is not None),
        before=before,
        after=after,
    )


def _neighbours(progress: Progress, visit: VisitRecord) -> tuple[VisitRecord | None, VisitRecord | None]:
    if visit.date_doubted:
        return None, None
    place = progress.visits.index(visit)
    before = progress.visits[place - 1] if place else None
    after = progress.visits[place + 1] if place + 1 < len(progress.visits) else None
    return before, after


def _view(
    timeline_id: str, visit: VisitRecord, photo: PhotoRecord, spots: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    reading = photo.reading
    if reading is None:
        says = "Not assessed"
    else:
        says = f"{len(reading.lesions)} counted here" if reading.lesions else "No lesion counted here"
    if visit.unavailable:
        says = "Not judged"
    return {
        "face": face(timeline_id, visit, photo, f"view-{photo.view}-{photo.id[:8]}"),
        "heading": VIEW_WORDS.get(photo.view, photo.view),
        "says": says,
        "spots": spots.get(photo.id, ()),
        "warnings": reading.warnings if reading else (),
    }


def _zones(assessment: Assessment | None) -> list[str]:
    return [zone for zone in ZONES if assessment and assessment.zones and zone in assessment.zones]


def _count_rows(assessment: Assessment | None) -> list[dict[str, Any]]:
    if assessment is None:
        return []
    zones = assessment.zones or {}
    return [
        {
            "heading": heading,
            "count": assessment.counts[name],
            "zones": [lesions_in(zones, [zone], name) for zone in _zones(assessment)],
        }
        for name, heading in HEADINGS.items()
    ]
