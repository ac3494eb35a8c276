"""What is dear to make is made once, by whichever of pytest's workers asks first, and used by all."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Return the folder `name`, shared by the workers of this run and filled by `make(folder)`; the others wait.

    Where `make` fails, that worker's tests fail with its error, and the next that asks begins again in a new folder.
    """
    folder = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    whole = folder / f"{name}.made"
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not whole.exists():
            made = factory.mktemp(name)
            make(made)
            whole.symlink_to(made)
    return whole.resolve()
