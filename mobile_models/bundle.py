"""The phone bundle: a folder with a model, its manifest and everything that gives its numbers a meaning."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from mobile_models.bundle_errors import (
    BundleCorrupt,
    BundleFileHash,
    BundleFileMissing,
    BundleFileSize,
    BundleMissing,
    BundleNeedsNewerApp,
    BundleOlder,
    BundlePathOutside,
    BundleUnsupported,
)
from mobile_models.calibration import Calibration
from mobile_models.exposure import Exposure
from mobile_models.lesions import MEASURES, TYPES
from mobile_models.manifest import (
    LABELS,
    MANIFEST,
    SCHEMA,
    SIGNATURE,
    check_manifest,
    parse_manifest,
    read_bytes,
    sha256_of,
    write_manifest,
)
from mobile_models.quality import Gate
from mobile_models.series.constants import Constants
from mobile_models.signature import check_signature
from mobile_models.tables import grading_tables
from mobile_models.version import Version
from mobile_models.zones import ZoneTable

__all__ = [
    "APP_VERSION",
    "MANIFEST",
    "RELEASED",
    "SCHEMA",
    "Bundle",
    "BundleCorrupt",
    "BundleMissing",
    "BundleUnsupported",
    "write_manifest",
]

APP_VERSION = "0.1.0"
FACE_FILE = "face.tflite"
RELEASED = Path(__file__).parent / "released"


@dataclass(frozen=True)
class Bundle:
    """A bundle whose manifest makes sense and whose model is the one it names.

    Attributes:
        folder: where it lies.
        manifest: as its `manifest.schema.json` describes it.
        model_file: which of its files runs.
    """

    folder: Path
    manifest: Mapping[str, Any]
    model_file: str

    @classmethod
    def open(
        cls,
        folder: Path | str = RELEASED,
        *,
        model_file: str | None = None,
        public_keys: Collection[str] | None = None,
        held: str | None = None,
        app_version: str | None = APP_VERSION,
    ) -> Bundle:
        """Read a bundle and check its manifest and what runs before anything is used.

        A phone downloads one model of several, so only that and the labels are hashed; `verify` checks all.

        Args:
            folder: the bundle's.
            model_file: the file to run; by default the manifest's `default_file`.
            public_keys: who may have signed it. None for a bundle that came with the software or was made
                here; whatever came over a network is opened with the keys that are pinned.
            held: the version that would be replaced, which an older one never does; leave it out to go
                back on purpose, as when the server withdrew that version.
            app_version: what `minimum_app_version` is held against; None where the bundle is only handed on.

        Raises:
            BundleMissing, BundleCorrupt, BundleUnsupported, BundleUntrusted: one subclass a reason, see
                `bundle_errors`; each message names what is wrong and what to do.
        """
        folder = Path(folder)
        data = read_bytes(folder / MANIFEST)
        if public_keys is not None:
            check_signature(data, folder / SIGNATURE, public_keys)
        manifest = parse_manifest(data)
        check_manifest(manifest)
        if manifest["classes"] != list(TYPES):
            raise BundleUnsupported(
                f"The bundle's classes are not {', '.join(TYPES)} in this order. Use a bundle made by export.py."
            )
        _check_versions(manifest, app_version, held)
        bundle = cls(folder, manifest, model_file or manifest["default_file"])
        if bundle.model_file not in manifest["files"]:
            raise BundleUnsupported(
                f"The bundle has no file {bundle.model_file}. Choose one of {', '.join(bundle.model_files)}."
            )
        bundle._check_tables()
        for name in (bundle.model_file, bundle.face_path.name, LABELS):
            if name in manifest["files"]:
                bundle._check_file(name)
        return bundle

    def verify(self) -> None:
        """Check every file that the manifest lists; the manifest itself is checked by `open`, given public keys.

        Raises:
            BundleFileMissing, BundleFileSize, BundleFileHash, BundlePathOutside: naming the file.
        """
        for name in self.manifest["files"]:
            self._check_file(name)

    @property
    def id(self) -> str:
        """The model's name."""
        return str(self.manifest["id"])

    @property
    def line(self) -> str:
        """The line of models that its versions follow each other in."""
        return str(self.manifest["line"])

    @property
    def version(self) -> str:
        """The model's semantic version."""
        return str(self.manifest["version"])

    @property
    def model_files(self) -> list[str]:
        """Every TFLite file of the lesion model that the manifest lists."""
        return sorted(name for name in self.manifest["files"] if name.endswith(".tflite") and name != FACE_FILE)

    @property
    def model_path(self) -> Path:
        """The TFLite file that runs."""
        return self.folder / self.model_file

    @property
    def model_sha256(self) -> str:
        """Hash of that file; with id and version it names what made an assessment."""
        return str(self.manifest["files"][self.model_file]["sha256"])

    @property
    def input_size_px(self) -> int:
        """Side of the model's square input."""
        return int(self.manifest["input"]["shape"][1])

    @property
    def pad_value(self) -> int:
        """Grey level around a photo that is padded to a square."""
        return int(self.manifest["input"]["pad_value"])

    @property
    def grading(self) -> Mapping[str, Any]:
        """Thresholds of every instrument, see `grading/tables.json`."""
        table: Mapping[str, Any] = self.manifest["grading"]
        return table

    @property
    def face_path(self) -> Path:
        """The TFLite file that finds faces."""
        return self.folder / str(self.gate.face["file"])

    @cached_property
    def exposure(self) -> Exposure:
        """The light that the model sees a photo in."""
        return Exposure.from_manifest(self.manifest["input"]["exposure"])

    @cached_property
    def gate(self) -> Gate:
        """When a photo cannot be judged."""
        return Gate.from_manifest(self.manifest["gate"])

    @cached_property
    def zones(self) -> ZoneTable:
        """The capture oval and its zones."""
        return ZoneTable.from_manifest(self.manifest["zones"])

    @cached_property
    def calibration(self) -> Calibration:
        """What the model's scores are worth."""
        return Calibration.from_manifest(self.manifest["calibration"])

    @cached_property
    def change(self) -> Constants:
        """The numbers of the model of change over a series of visits."""
        return Constants.from_manifest(self.manifest["change"])

    def _check_tables(self) -> None:
        for table in ("input_size_px", "pad_value", "zones", "calibration", "change"):
            try:
                getattr(self, table)
            except (KeyError, ValueError, TypeError, IndexError) as error:
                raise BundleCorrupt(f"its manifest's {table} cannot be read ({error})") from error
        for name, table in grading_tables().items():
            own = self.grading.get(name, {})
            if isinstance(table, dict) and (absent := sorted(set(table) - set(own))):
                raise BundleCorrupt(f"its manifest's grading for {name} lacks {', '.join(absent)}")
        if absent := sorted(set(MEASURES) - set(self.manifest["mdc"].get("sem", {}))):
            raise BundleCorrupt(f"its manifest's mdc lacks {', '.join(absent)}")

    def _check_file(self, name: str) -> None:
        facts, file = self.manifest["files"][name], self.folder / name
        if not file.resolve().is_relative_to(self.folder.resolve()):
            raise BundlePathOutside(f"its file {name} is a link out of its folder")
        try:
            if file.stat().st_size != facts["bytes"]:
                raise BundleFileSize(f"its file {name} has another size than its manifest says")
            if sha256_of(file) != facts["sha256"]:
                raise BundleFileHash(f"its file {name} is not the one its manifest names (sha256 differs)")
        except OSError as error:
            raise BundleFileMissing(f"its file {name} is missing or cannot be read") from error


def _check_versions(manifest: Mapping[str, Any], app_version: str | None, held: str | None) -> None:
    minimum, version = str(manifest["minimum_app_version"]), str(manifest["version"])
    if app_version is not None and Version.parse(minimum) > Version.parse(app_version):
        raise BundleNeedsNewerApp(
            f"The bundle needs version {minimum} of this software, which is {app_version}. Update it or use an "
            "older bundle."
        )
    if held is not None and Version.parse(version) < Version.parse(held):
        raise BundleOlder(
            f"The bundle's version {version} is older than {held}, which is held. Keep that one; to go back on "
            "purpose, open this one without naming what is held."
        )
