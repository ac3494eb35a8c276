"""Markdown as it is kept in a repository: lines of one length, one empty line between blocks."""

from __future__ import annotations

import re
import textwrap

WIDTH = 115
AS_THEY_ARE = ("#", "|", "!")
"""How blocks begin that are not wrapped: headings, tables, pictures."""


def laid_out(text: str) -> str:
    """Return the text with paragraphs and list items wrapped to ``WIDTH``; other blocks stay as they are."""
    blocks = [block.strip("\n") for block in re.split(r"\n[ \t]*(?:\n[ \t]*)+", text.strip())]
    return "\n\n".join(_block(block) for block in blocks if block) + "\n"


def _block(block: str) -> str:
    if block.startswith(AS_THEY_ARE):
        return block
    if block.startswith("- "):
        return "\n".join(_wrapped(item.removeprefix("- "), "- ", "  ") for item in re.split(r"\n(?=- )", block))
    return _wrapped(block)


def _wrapped(text: str, first: str = "", later: str = "") -> str:
    return textwrap.fill(
        " ".join(text.split()),
        WIDTH,
        initial_indent=first,
        subsequent_indent=later,
        break_long_words=False,
        break_on_hyphens=False,
    )
