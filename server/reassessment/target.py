"""Which model a timeline is assessed again by."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import defer

from mobile_models.bundle import APP_VERSION
from mobile_models.version import Version
from server.delivery.rollout import Released
from server.delivery.shelf import Shelved, all_shelved
from server.progress.records import standing
from server.timeline.assessment import Model
from server.timeline.charted import SERVER_MADE
from server.timeline.models import Assessment


@dataclass(frozen=True)
class Target:
    """One file of one bundle; `model` is how assessments name it."""

    folder: Path
    model_file: str
    model: Model


def target_of(released: Released, timeline_id: str) -> Target | None:
    """Return the model that is out for a timeline, None where this server has none that it can run.

    Of the bundle's files it is the one that the patient's phone runs, as far as its assessments tell, so that
    the phone's next visit continues the line.
    """
    bundle = released.newest_for(timeline_id, Version.parse(APP_VERSION))
    if bundle is None:
        return None
    name = _file_of_phone(timeline_id)
    if name not in bundle.files or not name.endswith(".tflite"):
        name = str(bundle.manifest["default_file"])
    model = Model(str(bundle.manifest["id"]), bundle.name, str(bundle.files[name]["sha256"]))
    return Target(bundle.folder, name, model)


def _file_of_phone(timeline_id: str) -> str:
    by_phone = [
        row for row in standing(Assessment, timeline_id, defer(Assessment.result)) if not row.id.startswith(SERVER_MADE)
    ]
    if not by_phone:
        return ""
    sha256 = by_phone[-1].model_sha256
    return next((name for bundle in all_shelved() if (name := _named(bundle, sha256))), "")


def _named(bundle: Shelved, sha256: str) -> str:
    return next((name for name, facts in bundle.files.items() if facts["sha256"] == sha256), "")
