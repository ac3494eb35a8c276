"""Telling phones that the chart is by another model, or that a model was withdrawn."""

import hashlib

from sqlalchemy import select

from server.foundation import clock, db
from server.foundation.ids import new_id
from server.timeline.assessment import Model
from server.timeline.lock import locked
from server.timeline.models import Assessment
from server.timeline.notices.models import ModelNotice


def tell_switched(timeline_id: str, model: Model, replaced: Model) -> None:
    """Write that the timeline's chart shows another model than before from now on; only inside `db.write`."""
    columns = {"kind": "switched", "model_id": model.id, "model_version": model.version, "model_sha256": model.sha256}
    _tell(timeline_id, new_id(), replaced_version=replaced.version, **columns)


def tell_withdrawn(model_id: str, version: str) -> None:
    """Write to every timeline that the version assessed some of that it was withdrawn; again, to those left out."""
    notice_id = f"withdrawn-{hashlib.sha256(f'{model_id}/{version}'.encode()).hexdigest()[:32]}"
    assessed = (
        select(Assessment.timeline_id).filter_by(model_id=model_id, model_version=version, deleted=False).distinct()
    )
    already_told = select(ModelNotice.timeline_id).filter_by(id=notice_id)
    for timeline_id in db.session().scalars(assessed.where(Assessment.timeline_id.not_in(already_told))).all():
        with db.write(under_lock=True):
            _tell(timeline_id, notice_id, kind="withdrawn", model_id=model_id, model_version=version)


def _tell(timeline_id: str, notice_id: str, **values: str | None) -> None:
    timeline = locked(timeline_id)
    if db.session().get(ModelNotice, (timeline_id, notice_id)) is not None:
        return
    at = clock.now().isoformat(timespec="seconds")
    notice = ModelNotice(timeline_id=timeline_id, id=notice_id, recorded_at=at, rev=timeline.next_rev(), **values)
    db.session().add(notice)
