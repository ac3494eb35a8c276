"""Assessing again all that waits: stopped at any moment, the next run goes on where it was."""

from collections.abc import Iterator

from sqlalchemy import select

from server.delivery.rollout import released
from server.delivery.shelf import LINE
from server.foundation import db
from server.people.guardians.consent import status
from server.reassessment.assessing import Waiting, assess_again
from server.reassessment.models import Reassessment
from server.reassessment.planning import plan
from server.reassessment.tally import Tally, tally
from server.reassessment.target import Target, target_of
from server.timeline.models import Timeline


def plan_all() -> dict[str, Target]:
    """Plan every timeline that may be added to, and return the model that each is assessed by."""
    targets, line = {}, released(LINE)
    for timeline in db.session().scalars(select(Timeline).order_by(Timeline.created_at, Timeline.id)).all():
        timeline_id, target = timeline.id, target_of(line, timeline.id)
        if target is not None and status(timeline.patient) == "active":
            plan(timeline_id, target)
            targets[timeline_id] = target
    return targets


def reassess() -> Iterator[Tally]:
    """Assess again all that waits, a visit at a time; yields how far it is before the first and after each.

    Raises:
        AssessmentError: a bundle cannot be run.
        OSError: the photo store cannot be read.
    """
    targets = plan_all()
    yield tally()
    for timeline_id, target in targets.items():
        while (waiting := _next(timeline_id)) is not None:
            assess_again(waiting, target)
            yield tally()


def _next(timeline_id: str) -> Waiting | None:
    jobs = select(Reassessment).filter_by(timeline_id=timeline_id, state="waiting")
    job = db.session().scalar(jobs.order_by(Reassessment.assessment_id).limit(1))
    return Waiting(job.timeline_id, job.assessment_id, job.visit_id) if job else None
