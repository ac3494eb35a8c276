"""A command line that ends in one plain line: a stream that is full, closed or gone is no reason for a traceback."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Callable
from typing import Protocol

STANDARD = (0, 1, 2)


class Writable(Protocol):
    """What a parser can print to."""

    def write(self, text: str, /) -> object:
        """Take a text."""


class Parser(argparse.ArgumentParser):
    """A parser whose help is a result like any other: argparse itself says nothing where it cannot be written."""

    def print_help(self, file: Writable | None = None) -> None:
        """Write the help to `file`, standard output by default. Raises OSError."""
        print(self.format_help(), end="", file=file)


def run(program: str, main: Callable[[], int | None]) -> int:
    """Run `main` and return the exit code of the process.

    Streams that were closed by the caller lead nowhere instead, so that no file that is opened later takes their
    place. A reader that has gone away, as `head` does, has had what it wanted.

    Args:
        program: what the error line begins with.
        main: returns the exit code; None is 0. It reports all other errors itself.

    Returns:
        What `main` returned; 0 where the reader went away, 2 where standard output was closed or could not be
        written, 130 where the run was interrupted.
    """
    closed = _open_what_is_closed()
    try:
        code = _ended(main)
        sys.stdout.flush()
    except BrokenPipeError:
        _lead_nowhere()
        return 0
    except OSError as error:
        if error.filename is not None:
            raise
        _lead_nowhere()
        return _fail(program, f"standard output cannot be written: {error.strerror}; name another place.")
    except KeyboardInterrupt:
        return 130
    if 1 in closed:
        return _fail(program, "standard output is closed, so nothing of the result was seen; give it a place.")
    return code


def _ended(main: Callable[[], int | None]) -> int:
    try:
        return main() or 0
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
        return end.code if isinstance(end.code, int) else int(end.code is not None)


def _open_what_is_closed() -> list[int]:
    """Open /dev/null in place of closed standard streams and return which they were."""
    closed = []
    for descriptor in STANDARD:
        try:
            os.fstat(descriptor)
        except OSError:
            closed.append(descriptor)
            os.dup2(os.open(os.devnull, os.O_RDWR), descriptor)
    for name, descriptor, mode in (("stdin", 0, "r"), ("stdout", 1, "w"), ("stderr", 2, "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(descriptor, mode, closefd=False))
    return closed


def _lead_nowhere() -> None:
    """Give what is still buffered a place, so that nothing fails again when the interpreter ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(nowhere, stream.fileno())


def _fail(program: str, message: str) -> int:
    with contextlib.suppress(OSError):
        print(f"{program}: {message}", file=sys.stderr, flush=True)
    return 2
