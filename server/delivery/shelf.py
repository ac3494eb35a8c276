"""The bundles that this server has: the built-in one, and those that were published to its model store."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from mobile_models.manifest import MANIFEST, SIGNATURE
from mobile_models.version import Version
from server.foundation.config import Config, settings

LINE = "lesions"
"""The line of models that counts lesions: what timelines hold was made by it."""

UNLISTED = (MANIFEST, SIGNATURE)
"""Files of a bundle that its manifest cannot list."""


@dataclass(frozen=True)
class Shelved:
    """A bundle on this server: where it lies, what its manifest says, and that manifest's SHA-256."""

    folder: Path
    manifest: Mapping[str, Any]
    manifest_sha256: str

    @property
    def line(self) -> str:
        """The line of models that it belongs to."""
        return str(self.manifest["line"])

    @property
    def name(self) -> str:
        """Its version as text."""
        return str(self.manifest["version"])

    @cached_property
    def version(self) -> Version:
        """Its version, to be compared."""
        return Version.parse(self.name)

    @property
    def files(self) -> Mapping[str, Mapping[str, Any]]:
        """Size and SHA-256 of each of its files."""
        files: Mapping[str, Mapping[str, Any]] = self.manifest["files"]
        return files

    @cached_property
    def hashes(self) -> frozenset[str]:
        """The SHA-256 of each of its files: what assessments name the model by."""
        return frozenset(str(facts["sha256"]) for facts in self.files.values())

    def runs_on(self, platform: str | None, app_version: Version) -> bool:
        """Return whether an app of that version can run it, on that platform or, for None, on some platform."""
        platforms = self.manifest.get("platforms")
        minimum = Version.parse(str(self.manifest["minimum_app_version"]))
        return minimum <= app_version and (platforms is None or platform is None or platform in platforms)


def built_in(config: Config | None = None) -> Shelved | None:
    """Return the bundle of ACNETRACK_MODELS_DIR, None where it is missing or cannot be read."""
    return shelved((config or settings()).models_dir)


def in_store(line: str, version: str) -> Shelved | None:
    """Return a published bundle, None where it is missing or cannot be read."""
    return shelved(store_folder(line, version))


def store_folder(line: str, version: str) -> Path:
    """Return where a published bundle lies."""
    return settings().model_store_dir / line / version


def all_shelved() -> Iterator[Shelved]:
    """Return every bundle that is here, also those that are blocked: old assessments were made by them."""
    folders = sorted(settings().model_store_dir.glob(f"*/[0-9]*/{MANIFEST}"))
    for bundle in (built_in(), *(shelved(path.parent) for path in folders)):
        if bundle is not None:
            yield bundle


def shelved(folder: Path) -> Shelved | None:
    """Return the bundle in a folder, None where there is none or its manifest makes no sense."""
    try:
        written = (folder / MANIFEST).stat()
    except OSError:
        return None
    return _read(folder, written.st_mtime_ns, written.st_size)


@lru_cache(maxsize=256)
def _read(folder: Path, _mtime_ns: int, _size: int) -> Shelved | None:
    try:
        data = (folder / MANIFEST).read_bytes()
        manifest = json.loads(data)
        bundle = Shelved(folder, manifest, hashlib.sha256(data).hexdigest())
        Version.parse(str(manifest["minimum_app_version"]))
        complete = all(isinstance(facts["bytes"], int) and facts["sha256"] for facts in bundle.files.values())
        return bundle if bundle.version and bundle.line and complete else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
