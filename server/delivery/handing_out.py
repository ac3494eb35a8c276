"""The phone bundles that this server hands out: which one a caller gets, and its files."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mobile_models.manifest import MANIFEST, sha256_of
from mobile_models.version import Version
from server.delivery.rollout import Released, released
from server.delivery.shelf import UNLISTED, Shelved, built_in
from server.foundation.http.errors import Problem
from server.people.accounts.models import User
from server.sharing.grants.access import accesses_of

NEWEST_APP = Version((10**9, 0, 0))


class ModelUnknown(Problem):
    """No such line of models, no such version, or no such file in it."""

    status = 404
    code = "model_unknown"
    detail = "There is no such model or file; the manifest of its line lists what there is."


class ModelNoneFits(Problem):
    """No version that is out can run in the caller's app; the message says which would, after which update."""

    status = 404
    code = "model_none_fits"

    def __init__(self, out: Sequence[Shelved], platform: str) -> None:
        runs = [bundle for bundle in out if bundle.runs_on(platform, NEWEST_APP)]
        if runs:
            oldest = min((str(bundle.manifest["minimum_app_version"]) for bundle in runs), key=Version.parse)
            says = f"The models that are out need version {oldest} of the app or later; update the app."
        elif out:
            says = f"The models that are out do not run on {platform}; no update of the app changes that."
        else:
            says = "No model is out for this account now; ask again tomorrow."
        held = "Keep the model that you have unless it was withdrawn, which asking with 'held' tells."
        super().__init__(f"{says} {held}")


class ModelBlocked(Problem):
    """The version was withdrawn; `go_back_to` names the one to use instead, null where there is none."""

    status = 410
    code = "model_blocked"
    detail = "This version of the model was withdrawn; stop using it and go back to the version of the manifest."


class ModelMissing(Problem):
    """The bundle is not there, or not whole."""

    status = 503
    code = "model_missing"
    detail = "This server's model is missing or damaged; its operator sets ACNETRACK_MODELS_DIR to a bundle."


@dataclass(frozen=True)
class DeliveredFile:
    """One file of a bundle and the SHA-256 that is its ETag."""

    path: Path
    sha256: str


def manifest_for(user: User, line: str, platform: str, app_version: Version, held: str | None) -> DeliveredFile:
    """Return the manifest of the newest version that is out for the caller's timeline and that their app runs.

    Raises:
        ModelUnknown, ModelMissing: there is no such line, or nothing of it can be read.
        ModelBlocked: the version that the phone holds was withdrawn.
        ModelNoneFits: no version is left for this app.
    """
    line_released = _released(line)
    chosen = line_released.newest_for(timeline_of(user), app_version, platform)
    if held in line_released.blocked:
        raise ModelBlocked(go_back_to=chosen.name if chosen else None)
    if chosen is None:
        out = [offer.bundle for offer in line_released.out_for(timeline_of(user))]
        raise ModelNoneFits(out, platform)
    return DeliveredFile(chosen.folder / MANIFEST, chosen.manifest_sha256)


def file_of(line: str, version: str, name: str) -> DeliveredFile:
    """Return a file of one version: its manifest, its signature, or what the manifest lists.

    Raises:
        ModelUnknown: there is no such version or file.
        ModelBlocked: the version was withdrawn.
        ModelMissing: the bundle, or that file of it, is missing or damaged.
    """
    line_released = _released(line)
    if version in line_released.blocked:
        raise ModelBlocked
    bundle = next((offer.bundle for offer in line_released.offers if offer.bundle.name == version), None)
    if bundle is None or (name not in bundle.files and name not in UNLISTED):
        raise ModelUnknown
    path = bundle.folder / name
    if name in UNLISTED:
        return _unlisted(path)
    if not path.is_file() or path.stat().st_size != bundle.files[name]["bytes"]:
        raise ModelMissing
    return DeliveredFile(path, str(bundle.files[name]["sha256"]))


def timeline_of(user: User) -> str:
    """Return the timeline that decides what `user`'s devices get; of a dermatologist, who has none, their id."""
    own = [access.timeline.id for access in accesses_of(user) if access.grant is None]
    return own[0] if own else user.id


def _released(line: str) -> Released:
    releases = released(line)
    if not releases.offers:
        raise ModelMissing if built_in() is None else ModelUnknown
    return releases


def _unlisted(path: Path) -> DeliveredFile:
    if not path.is_file():
        raise ModelUnknown
    return DeliveredFile(path, sha256_of(path))
