"""One patient's progress: what changed, the chart, the photos with their lesions, and a table of it all."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, render_template, request, url_for
from markupsafe import Markup

from server.foundation import clock
from server.foundation.ids import new_id
from server.pages.browser_session import page_login_required
from server.pages.faces import first_face
from server.pages.reader import opened, reader
from server.progress.charts.series import CountPoint
from server.progress.charts.sparkline import sparkline
from server.progress.drawn import drawn_progress
from server.progress.progress import Progress, progress_of
from server.progress.reported import reported_of
from server.progress.series import chart_points
from server.progress.words.caveats import caveats
from server.progress.words.glance import glance
from server.progress.words.lines import extent
from server.progress.words.measures import verdicts
from server.progress.words.reported import reported_words
from server.progress.words.sentences import further
from server.progress.words.verdicts import answers, headline
from server.progress.worklist.marks import note_seen
from server.reassessment.tally import tally
from server.sharing.accesses.recording import last_look
from server.sharing.grants.access import Access, names_seeing
from server.sharing.notes.reading import notes_of

blueprint = Blueprint("progress", __name__)


@blueprint.get("/timelines/<timeline_id>")
@page_login_required
def show(timeline_id: str) -> str:
    """Show the progress to the patient or to whom they share it with."""
    looked = last_look(reader(), timeline_id)
    access = opened(timeline_id, "progress page")
    chosen = request.args.get("baseline") or None
    progress = progress_of(access.timeline, chosen, looked)
    mine = access.grant is None
    if not mine:
        note_seen(reader(), timeline_id)
    return render_template(
        "progress.html",
        **progress_values(progress, access),
        mine=mine,
        shots=_shots(progress) if access.photos else [],
        heading="Your progress" if mine else progress.patient_name,
        seen_by=names_seeing(timeline_id) if mine else [],
        notes=notes_of(timeline_id),
        author_id=None if mine else reader().id,
        grant=access.grant,
        new_id=new_id,
        again=tally(timeline_id),
        fhir_url=url_for("reports.fhir", timeline_id=timeline_id),
        chosen=chosen,
    )


def progress_values(progress: Progress, access: Access) -> dict[str, Any]:
    """Return what both the page and the printed report say of a progress."""
    now = clock.now()
    reported = reported_words(reported_of(progress.timeline_id), progress.courses, now)
    return {
        "progress": progress,
        "extent": extent(progress),
        "headline": headline(progress),
        "answers": answers(progress),
        "further": further(progress, patient=access.grant is None),
        "verdicts": verdicts(progress),
        "caveats": caveats(progress),
        "drawn": drawn_progress(progress),
        "reported": reported,
        "glance": glance(progress, reported, now.date()),
        "small_chart": _small_chart(progress),
        "with_photos": access.photos,
        "pair": _pair(progress) if access.photos else [],
    }


def _pair(progress: Progress) -> list[dict[str, Any]]:
    if progress.baseline is None or progress.latest is None or progress.latest is progress.baseline:
        return []
    sides = (("Baseline", progress.baseline), ("Latest", progress.latest))
    return [
        {
            "heading": name,
            "visit": visit,
            "face": first_face(progress.timeline_id, visit, f"pair-{name}"),
            "front": replace(first_face(progress.timeline_id, visit, f"front-{name}"), overlay=Markup("")),
        }
        for name, visit in sides
    ]


def _small_chart(progress: Progress) -> Markup:
    points = [CountPoint(point.day, point.inflammatory, point.model) for point in chart_points(progress)]
    return sparkline("at-first-sight", points) if points else Markup("")


def _shots(progress: Progress) -> list[dict[str, Any]]:
    return [
        {"visit": visit, "face": first_face(progress.timeline_id, visit, f"shot-{number}")}
        for number, visit in enumerate(reversed(progress.visits))
    ]
