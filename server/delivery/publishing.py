"""Releasing models: a bundle is verified, copied to the model store whole or not at all, then written down."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from mobile_models.bundle import Bundle
from mobile_models.version import Version
from server.delivery.models import ModelRelease
from server.delivery.rollout import Offer, released
from server.delivery.shelf import UNLISTED, built_in, shelved, store_folder
from server.foundation import clock, db
from server.foundation.config import settings
from server.foundation.durable import to_disk
from server.foundation.journal.recording import journal, record
from server.foundation.journal.replaying import replays
from server.timeline.models import Assessment
from server.timeline.notices.telling import tell_withdrawn

INCOMING = ".incoming"


class PublishingError(Exception):
    """A version cannot be released so; the message says why and what to do."""


class VersionTaken(PublishingError):
    """Another bundle has this version."""


class VersionNotReleased(PublishingError):
    """No such version was released."""


class VersionBlocked(PublishingError):
    """The version was withdrawn, which is for good."""


class StoreUnusable(PublishingError):
    """The model store cannot be written to."""


@dataclass(frozen=True)
class Published:
    """A bundle as it lies in the store, the share of timelines it is out for, and whether it was so before."""

    bundle: Bundle
    rollout_percent: int
    was_out: bool


def publish(folder: Path, rollout_percent: int | None = None) -> Published:
    """Release a bundle to a share of the timelines, by default to all; the same bundle again only changes the share.

    A version that is out already keeps its share unless another is given.

    Raises:
        BundleMissing, BundleCorrupt, BundleUnsupported, BundleUntrusted: it is not whole, or nobody that
            ACNETRACK_MODEL_PUBLIC_KEYS trusts signed it; nothing was released.
        VersionTaken, VersionBlocked: its version was released before, with other content, or withdrawn.
        StoreUnusable: the disk is full, or the store's folder cannot be written to.
    """
    bundle = _verified(folder)
    _refuse_other_content(bundle)
    place = store_folder(bundle.line, bundle.version)
    if not _holds(place, bundle):
        _copy(bundle, place)
    with db.write() as session:
        was_out, row = False, session.get(ModelRelease, (bundle.line, bundle.version))
        if row is not None and row.blocked:
            raise _blocked(bundle.version)
        if row is None:
            row = ModelRelease(line=bundle.line, version=bundle.version, published_at=clock.now())
            row.rollout_percent = 100
            session.add(row)
        elif rollout_percent is None:
            was_out = True
        if rollout_percent is not None:
            row.rollout_percent = rollout_percent
        percent = row.rollout_percent
    return Published(_verified(place), percent, was_out)


def set_rollout(line: str, version: str, percent: int) -> None:
    """Give a version to another share of the timelines.

    Raises:
        VersionNotReleased, VersionBlocked: it was never published, or withdrawn.
    """
    with db.write() as session:
        row = session.get(ModelRelease, (line, version))
        if row is None:
            raise _not_released(version)
        if row.blocked:
            raise _blocked(version)
        row.rollout_percent = percent


def block(line: str, version: str) -> None:
    """Withdraw a version for good: it is never served again, and phones that hold it are told to go back.

    Timelines that it assessed some of are told by a notice; again, it tells those that were left out.

    Raises:
        VersionNotReleased: there is no such version to withdraw.
    """
    own = built_in()
    with db.write() as session:
        row = session.get(ModelRelease, (line, version))
        if row is None and (own is None or (own.line, own.name) != (line, version)):
            raise _not_released(version)
        record("model_blocked", None, [version], table=line)
        _withdraw(line, version)
    _tell(line, version)


@replays("model_blocked")
def block_again() -> int:
    """Withdraw versions that were withdrawn, also those that the backup does not know; only inside `db.write`."""
    entries = journal().of("model_blocked")
    undone = sum(_withdraw(entry.table, entry.id) for entry in entries)
    for entry in entries:
        _tell(entry.table, entry.id)
    return undone


def _withdraw(line: str, version: str) -> bool:
    """Return whether the version was out, and is not any more."""
    row = db.session().get(ModelRelease, (line, version))
    if row is None:
        row = ModelRelease(line=line, version=version, rollout_percent=0, published_at=clock.now(), blocked=False)
        db.session().add(row)
    was_out, row.blocked = not row.blocked, True
    return was_out


def _tell(line: str, version: str) -> None:
    for offer in released(line).offers:
        if offer.bundle.name == version:
            tell_withdrawn(str(offer.bundle.manifest["id"]), version)


@dataclass(frozen=True)
class Consequences:
    """What withdrawing a version does: how many timelines it assessed some of, and what the others have then."""

    timelines: int
    instead: str | None


def consequences(line: str, version: str) -> Consequences:
    """Return what `block` would do.

    Raises:
        VersionNotReleased: there is no such version to withdraw.
    """
    offers = released(line).offers
    bundle = next((offer.bundle for offer in offers if offer.bundle.name == version), None)
    if bundle is None:
        raise _not_released(version)
    others = [offer for offer in offers if not offer.blocked and offer.bundle.name != version]
    out = [offer for offer in others if offer.fallback or offer.rollout_percent]
    by_it = select(func.count(Assessment.timeline_id.distinct())).filter_by(model_version=version, deleted=False)
    timelines = db.session().scalar(by_it.where(Assessment.model_id == str(bundle.manifest["id"])))
    return Consequences(timelines or 0, out[0].bundle.name if out else None)


def listed(line: str) -> list[Offer]:
    """Return every version of a line that is here, newest first."""
    return list(released(line).offers)


def _verified(folder: Path) -> Bundle:
    bundle = Bundle.open(folder, public_keys=settings().trusted_model_keys, app_version=None)
    bundle.verify()
    return bundle


def _refuse_other_content(bundle: Bundle) -> None:
    for offer in released(bundle.line).offers:
        same_version = offer.bundle.version == Version.parse(bundle.version)
        if same_version and offer.bundle.manifest != bundle.manifest:
            raise VersionTaken(
                f"Version {bundle.version} is another bundle here already, and a version never changes. Export "
                "this one again with a new version."
            )


def _holds(place: Path, bundle: Bundle) -> bool:
    """Return whether the store holds the very bundle, as after a stop between copying and writing it down."""
    there = shelved(place)
    return there is not None and there.manifest == bundle.manifest


def _copy(bundle: Bundle, place: Path) -> None:
    """Copy beside the place, verify the copy, and move it there at once."""
    incoming = place.with_name(f"{INCOMING}-{place.name}")
    try:
        shutil.rmtree(incoming, ignore_errors=True)
        for name in (*bundle.manifest["files"], *UNLISTED):
            (incoming / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(bundle.folder / name, incoming / name)
            to_disk(incoming / name)
        _verified(incoming)
        shutil.rmtree(place, ignore_errors=True)
        os.replace(incoming, place)
        to_disk(place.parent)
    except OSError as error:
        raise StoreUnusable(
            f"The model store cannot take the bundle ({error.strerror}). Make room, or set "
            "ACNETRACK_MODEL_STORE_DIR to a folder that this user may write to."
        ) from error
    finally:
        shutil.rmtree(incoming, ignore_errors=True)


def _not_released(version: str) -> VersionNotReleased:
    return VersionNotReleased(
        f"There is no version {version} here; `acnetrack admin models list` shows those there are."
    )


def _blocked(version: str) -> VersionBlocked:
    return VersionBlocked(f"Version {version} was withdrawn, which is for good. Export and publish a newer one.")
