"""Which visits of a timeline wait to be assessed again, and when its chart switches to the new model."""

import hashlib
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from server.foundation import db
from server.progress.records import by_visit, standing
from server.reassessment.models import Reassessment
from server.reassessment.target import Target
from server.timeline.assessment import Model
from server.timeline.charted import SERVER_MADE, charted_model, switch_chart
from server.timeline.lock import locked
from server.timeline.models import Assessment, Photo, Visit
from server.timeline.notices.telling import tell_switched

WITHOUT_RESULT = defer(Assessment.result)
"""Leaves out what assessments say, which is long."""


def plan(timeline_id: str, target: Target) -> None:
    """Write down what waits for a model, forget what waited for another, switch the chart if nothing does."""
    with db.write(under_lock=True) as session:
        locked(timeline_id)
        wanted = wanted_visits(timeline_id, target)
        jobs = {
            job.assessment_id: job for job in session.scalars(select(Reassessment).filter_by(timeline_id=timeline_id))
        }
        for assessment_id, job in jobs.items():
            if not _of_target(job, target) or (job.state == "waiting" and assessment_id not in wanted):
                session.delete(job)
        for assessment_id in wanted.keys() - jobs.keys():
            session.add(
                Reassessment(
                    timeline_id=timeline_id,
                    assessment_id=assessment_id,
                    visit_id=wanted[assessment_id],
                    model_version=target.model.version,
                    model_sha256=target.model.sha256,
                )
            )
        switch_when_done(session, timeline_id, target)


def wanted_visits(timeline_id: str, target: Target) -> Mapping[str, str]:
    """Return the visits to assess again, by the id that their assessment will have.

    These are the visits that were assessed, not by the target, and of which every photo is here: of a part
    of its photos a visit would be counted as a part of a face. One that was kept although it could not be judged is
    left: nothing that is counted on it is used.
    """
    photos, assessments = by_visit(Photo, timeline_id), by_visit(Assessment, timeline_id, WITHOUT_RESULT)
    wanted = {}
    for visit in standing(Visit, timeline_id):
        here = photos[visit.id]
        whole = bool(here) and all(photo.uploaded and not photo.kept_anyway for photo in here)
        if not whole or not assessments[visit.id]:
            continue
        assessment_id = id_of(visit.id, here, target)
        if not any(_by_target(row, assessment_id, target) for row in assessments[visit.id]):
            wanted[assessment_id] = visit.id
    return wanted


def switch_when_done(session: Session, timeline_id: str, target: Target) -> None:
    """Switch the timeline's chart to the target, and say so, once nothing waits for it and it assessed something."""
    session.flush()
    waiting = select(Reassessment).filter_by(timeline_id=timeline_id, state="waiting").limit(1)
    if session.scalar(waiting) is not None:
        return
    rows = standing(Assessment, timeline_id, WITHOUT_RESULT)
    if any(_of_target(row, target) for row in rows):
        others = [
            Model(row.model_id, row.model_version, row.model_sha256) for row in rows if not _of_target(row, target)
        ]
        before = charted_model(timeline_id) or (others[-1] if others else target.model)
        switch_chart(timeline_id, target.model)
        if before != target.model:
            tell_switched(timeline_id, target.model, before)


def id_of(visit_id: str, photos: Sequence[Photo], target: Target) -> str:
    """Return the id of the target's assessment of these photos of a visit."""
    named = "/".join([target.model.version, target.model.sha256, visit_id, *sorted(photo.id for photo in photos)])
    return SERVER_MADE + hashlib.sha256(named.encode()).hexdigest()[:40]


def _by_target(row: Assessment, assessment_id: str, target: Target) -> bool:
    """Return whether the target made an assessment of the photos as they are: a phone assesses its own anew."""
    current = row.id == assessment_id or not row.id.startswith(SERVER_MADE)
    return current and _of_target(row, target)


def _of_target(row: Assessment | Reassessment, target: Target) -> bool:
    """Return whether a row is of this version of this file: a new version may only be calibrated anew."""
    return (row.model_version, row.model_sha256) == (target.model.version, target.model.sha256)
