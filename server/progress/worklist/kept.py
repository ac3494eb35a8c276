"""Summaries kept from one view of the list to the next: a timeline is read again once something in it is new.

A kept summary names all that it was made from: the last visit and the last assessment written, in which epoch, the
model that the chart shows, the measurement errors that are known, and the program that said it.
"""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup
from sqlalchemy import ScalarSelect, func, select

import mobile_models
import server
from server.delivery.shelf import all_shelved
from server.foundation import db
from server.progress.worklist.models import KeptLine
from server.progress.worklist.summary import Summary
from server.progress.worklist.worst_first import Reason, Standing
from server.timeline.charted import ChartedModel
from server.timeline.models import Assessment, Timeline, Visit


def made_from(timeline_ids: Collection[str]) -> Mapping[str, str]:
    """Return, for each timeline, a digest of all that its summary is made from now."""
    known = [sorted(bundle.manifest_sha256 for bundle in all_shelved()), _program()]
    charted = ChartedModel.model_id, ChartedModel.model_version, ChartedModel.model_sha256
    states = select(Timeline.id, Timeline.epoch, _last_rev(Visit), _last_rev(Assessment), *charted)
    rows = db.session().execute(states.outerjoin(ChartedModel).where(Timeline.id.in_(timeline_ids)))
    return {row.id: hashlib.sha256(json.dumps([*row, *known]).encode()).hexdigest() for row in rows}


def kept(sources: Mapping[str, str]) -> Mapping[str, Summary]:
    """Return the summaries that are kept and made from `sources`."""
    lines = select(KeptLine.timeline_id, KeptLine.made_from, KeptLine.line).where(KeptLine.timeline_id.in_(sources))
    rows = db.session().execute(lines)
    return {timeline_id: _read(line) for timeline_id, source, line in rows if source == sources[timeline_id]}


def keep(summaries: Mapping[str, Summary], sources: Mapping[str, str]) -> None:
    """Keep summaries that were made from `sources`; only inside `db.write`, with their timelines locked."""
    for timeline_id, summary in summaries.items():
        line = json.dumps(asdict(summary), default=date.isoformat)
        db.session().merge(KeptLine(timeline_id=timeline_id, made_from=sources[timeline_id], line=line))


def _last_rev(table: type[Visit] | type[Assessment]) -> ScalarSelect[Any]:
    return select(func.max(table.rev)).where(table.timeline_id == Timeline.id).scalar_subquery()


def _read(line: str) -> Summary:
    said = json.loads(line)
    standing = said["standing"]
    reasons = tuple(Reason(**reason) for reason in standing["reasons"])
    return Summary(
        Standing(**{**standing, "reasons": reasons}),
        said["last_visit"] and date.fromisoformat(said["last_visit"]),
        Markup(said["sparkline"]),
        said["change"],
    )


@cache
def _program() -> str:
    """Return a digest of the program's source: another version may say it in other words."""
    folders = [Path(package.__path__[0]) for package in (server, mobile_models)]
    sources = sorted(path for folder in folders for path in folder.rglob("*.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
