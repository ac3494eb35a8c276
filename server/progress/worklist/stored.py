"""Summaries stored from one view of the list to the next: a timeline is read again once something in it is new.

A stored summary names all that it was made from: the last visit, photo, assessment and course written, in which epoch,
the model that the chart shows, the models that are known, and the format.
"""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import ScalarSelect, Select, func, select

from server.delivery.shelf import all_shelved
from server.foundation import db
from server.progress.worklist.models import StoredSummary
from server.progress.worklist.summary import Summary
from server.timeline.charted import ChartedModel
from server.timeline.models import Assessment, Photo, Timeline, TreatmentCourse, Visit

Source = type[Visit] | type[Photo] | type[Assessment] | type[TreatmentCourse]
SOURCES: tuple[Source, ...] = (Visit, Photo, Assessment, TreatmentCourse)

FORMAT = 4
"""Raise it with whatever changes the numbers of a summary or their meaning: a rule of change, a field, a span."""


def sources_of(timeline_ids: Collection[str] | Select[str]) -> Mapping[str, str]:
    """Return, for each timeline, a digest of all that its summary is made from now; the ids may be a query's."""
    known = [sorted(bundle.manifest_sha256 for bundle in all_shelved()), FORMAT]
    charted = ChartedModel.model_id, ChartedModel.model_version, ChartedModel.model_sha256
    states = select(Timeline.id, Timeline.epoch, *(_last_rev(table) for table in SOURCES), *charted)
    rows = db.session().execute(states.outerjoin(ChartedModel).where(Timeline.id.in_(timeline_ids)))
    return {row.id: hashlib.sha256(json.dumps([*row, *known]).encode()).hexdigest() for row in rows}


def stored_summaries(sources: Mapping[str, str]) -> Mapping[str, Summary]:
    """Return the stored summaries that were made from `sources`."""
    lines = select(StoredSummary.timeline_id, StoredSummary.made_from, StoredSummary.line)
    rows = db.session().execute(lines.where(StoredSummary.timeline_id.in_(sources)))
    return {
        timeline_id: Summary.from_json(json.loads(line))
        for timeline_id, source, line in rows
        if source == sources[timeline_id]
    }


def store_summaries(summaries: Mapping[str, Summary], sources: Mapping[str, str]) -> None:
    """Store summaries that were made from `sources`; only inside `db.write`."""
    for timeline_id, summary in summaries.items():
        db.session().merge(
            StoredSummary(
                timeline_id=timeline_id,
                made_from=sources[timeline_id],
                line=json.dumps(asdict(summary), default=date.isoformat),
                iga=summary.standing.iga,
                inflammatory=summary.standing.inflammatory,
                trend=summary.standing.trend,
                flags=" ".join(summary.flags),
                last_visit=summary.last_visit,
            )
        )


def _last_rev(table: Source) -> ScalarSelect[Any]:
    return select(func.max(table.rev)).where(table.timeline_id == Timeline.id).scalar_subquery()
