"""One visit assessed again: its photos out of the store, one row into the timeline."""

import json
from dataclasses import dataclass

from mobile_models.assess import VisitMalformed, assess
from mobile_models.assessment import Capture
from mobile_models.errors import AssessmentError
from mobile_models.image import read_photo
from server.assessing.detectors import lent_detector
from server.foundation import clock, db
from server.foundation.keys.errors import KeyShredded, Tampered
from server.photos.problems import PhotoGone, PhotoNotUploaded, PhotoUnknown
from server.photos.storing import open_photo
from server.progress.records import by_visit, standing
from server.reassessment.models import Reassessment
from server.reassessment.planning import plan, switch_when_done, wanted_visits
from server.reassessment.target import Target
from server.sync.appending import append
from server.sync.verdict import Rejected
from server.timeline.lock import locked
from server.timeline.models import Photo, Visit


@dataclass(frozen=True)
class Waiting:
    """One visit to assess again, as `Reassessment` names it."""

    timeline_id: str
    assessment_id: str
    visit_id: str


class _Refused(Exception):
    """The visit cannot be assessed by this model; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def assess_again(waiting: Waiting, target: Target) -> None:
    """Assess one visit by the target and write what it says, all in one transaction at the end.

    A visit that changed meanwhile is left to the next plan. One whose photos cannot be read, or make no
    visit, is written down as refused, so that it does not hold up the others.

    Raises:
        BundleCorrupt, BundleUnsupported: the target's bundle cannot be run; the visit goes on waiting.
        OSError, PhotoStoreAway: the photo store cannot be read; the visit goes on waiting.
        KeyLost, KeyDamaged, WrongMasterKey: the key of its photos cannot be had; the visit goes on waiting.
    """
    try:
        result = _result(waiting, target)
    except (PhotoUnknown, PhotoGone, PhotoNotUploaded):
        plan(waiting.timeline_id, target)
        return
    except _Refused as refused:
        _close(waiting, target, None, refused.code)
        return
    _close(waiting, target, result, None)


def _result(waiting: Waiting, target: Target) -> str:
    visit = next((row for row in standing(Visit, waiting.timeline_id) if row.id == waiting.visit_id), None)
    photos = by_visit(Photo, waiting.timeline_id)[waiting.visit_id]
    guided = visit is not None and visit.guided
    views = [(photo.id, photo.view) for photo in photos]
    if len({view for _, view in views}) < len(views) and (visit is None or not visit.frames or visit.frames == 1):
        raise _Refused(VisitMalformed.code)  # Photos of one view are frames of it only where the visit says so.
    with lent_detector(target.folder, target.model_file, target.model.sha256) as detector:
        try:
            data = [open_photo(waiting.timeline_id, photo_id)[0] for photo_id, _ in views]
            db.session().rollback()  # Nothing is held while the model runs.
            captures = [
                Capture(photo_id, read_photo(bytes_), view, guided)
                for (photo_id, view), bytes_ in zip(views, data, strict=True)
            ]
            return json.dumps(assess(captures, detector).visit_json(), allow_nan=False)
        except FileNotFoundError as error:
            raise _Refused("photo_missing") from error
        except (Tampered, KeyShredded) as error:
            raise _Refused(error.code) from error
        except AssessmentError as error:
            raise _Refused(error.code) from error


def _close(waiting: Waiting, target: Target, result: str | None, reason: str | None) -> None:
    with db.write(under_lock=True) as session:
        timeline = locked(waiting.timeline_id)
        job = session.get(Reassessment, (waiting.timeline_id, waiting.assessment_id), populate_existing=True)
        if job is None or job.state != "waiting":
            return
        if waiting.assessment_id not in wanted_visits(waiting.timeline_id, target):
            session.delete(job)
        else:
            if result is not None:
                reason = _append(waiting, target, result)
            job.state, job.reason = "refused" if reason else "done", reason
        switch_when_done(session, timeline.id, target)


def _append(waiting: Waiting, target: Target, result: str) -> str | None:
    model = target.model
    record = {
        "id": waiting.assessment_id,
        "visit_id": waiting.visit_id,
        "recorded_at": clock.now().isoformat(timespec="seconds"),
        "model_id": model.id,
        "model_version": model.version,
        "model_sha256": model.sha256,
        "result": result,
    }
    try:
        append(db.session(), locked(waiting.timeline_id), "assessments", record)
    except Rejected as rejected:
        return rejected.code
    return None
