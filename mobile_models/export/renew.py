"""Golden vectors, reference code and tables of a bundle made again; its models and what was measured of them stay."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from mobile_models.bundle import MANIFEST, Bundle, write_manifest
from mobile_models.export.golden import write_golden
from mobile_models.export.manifest import tables
from mobile_models.export.reference_code import write_reference
from mobile_models.signature import sign_manifest


def renew(folder: Path, key: Ed25519PrivateKey | None = None, figures: Mapping[str, Any] | None = None) -> Bundle:
    """Bring a bundle to what this software writes, without converting its models again.

    Args:
        folder: the bundle's.
        key: signs the manifest; None leaves it unsigned, as the old signature would be of another manifest.
        figures: parts of the manifest to put in the place of those that are there, such as "metrics".

    Raises:
        AssessmentError, OSError: the bundle cannot be read or written.
    """
    manifest = {**json.loads((folder / MANIFEST).read_text(encoding="utf-8")), **(figures or {})}
    manifest |= tables(manifest)
    write_manifest(folder, manifest)
    write_golden(folder)
    write_reference(folder)
    write_manifest(folder, manifest)
    if key:
        sign_manifest(folder, key)
    bundle = Bundle.open(folder, app_version=None)
    bundle.verify()
    return bundle
