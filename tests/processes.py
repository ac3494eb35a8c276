"""Ending processes of other programs, and knowing that they have ended."""

import time
from collections.abc import Iterable
from contextlib import suppress

import psutil

POLL_SECONDS = 0.005


def kill(processes: Iterable[psutil.Process]) -> None:
    """End these processes by SIGKILL, and return once none of them does anything any more."""
    ended = list(processes)
    for process in ended:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    while any(_runs(process) for process in ended):
        time.sleep(POLL_SECONDS)


def _runs(process: psutil.Process) -> bool:
    """Whether it still runs: one that waits for its parent to ask how it ended does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
