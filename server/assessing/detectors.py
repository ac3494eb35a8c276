"""The detectors of this process: loaded when first asked for, and lent to one thread at a time."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from mobile_models.bundle import Bundle
from mobile_models.detector import Detector
from server.foundation.http.errors import CODES, Problem

WAITED_SECONDS = 20
"""A visit takes less than two; who waits longer stands behind ten others."""

_one_at_a_time = threading.Lock()
"""LiteRT's interpreter is not for two threads, and decoded photos are large."""


class DetectorBusy(Problem):
    """Too many photos wait for the model."""

    status = 503
    code, detail = CODES[503]
    headers = {"Retry-After": "10"}  # noqa: RUF012 – a constant of the class, as in its base


@contextmanager
def lent_detector(folder: Path, model_file: str, sha256: str) -> Iterator[Detector]:
    """Lend the detector of a bundle's file, which has this hash; whoever comes meanwhile waits.

    Raises:
        DetectorBusy: it was not free in time.
        BundleCorrupt, BundleMissing, BundleUnsupported: the file cannot be run.
    """
    if not _one_at_a_time.acquire(timeout=WAITED_SECONDS):
        raise DetectorBusy
    try:
        yield _loaded(folder, model_file, sha256)
    finally:
        _one_at_a_time.release()


@lru_cache(maxsize=2)
def _loaded(folder: Path, model_file: str, _sha256: str) -> Detector:
    return Detector(Bundle.open(folder, model_file=model_file))
