"""Semantic versions (semver.org 2.0.0) and which of two comes first."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NUMBER = r"(?:0|[1-9][0-9]{0,8})"
PATTERN = rf"({_NUMBER})\.({_NUMBER})\.({_NUMBER})(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?"


@dataclass(frozen=True, order=True)
class Version:
    """A version; the fields are in the order of precedence, so that `<` is semver's.

    Attributes:
        release: major, minor, patch.
        final: False for a pre-release, which comes before its release.
        pre: its identifiers; numbers come before words.
    """

    release: tuple[int, int, int]
    final: bool = True
    pre: tuple[tuple[bool, int, str], ...] = ()

    @classmethod
    def parse(cls, text: str) -> Version:
        """Read "1.4.0" or "1.4.0-rc.2". Raises ValueError for anything else."""
        match = re.fullmatch(PATTERN, text, re.ASCII)
        if match is None:
            raise ValueError(f"{text[:40]!r} is not a version such as 1.4.0")
        parts = match[4].split(".") if match[4] else []
        pre = tuple((not part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in parts)
        return cls((int(match[1]), int(match[2]), int(match[3])), not pre, pre)
