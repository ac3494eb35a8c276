"""A report as a list of blocks, written once and shown twice: as Markdown and as one HTML page."""

from __future__ import annotations

import base64
import html
import re
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

WIDTH = 115
LONG = 36
"""Characters of a cell that is broken over lines on the page."""

PANELS_PX = 600
"""Width of a PNG beyond which it holds panels side by side, too small to be read on a phone at once."""

STYLE = Path(__file__).parent / "page.css"


@dataclass(frozen=True)
class Heading:
    """A title; level 1 is the document's."""

    text: str
    level: int = 2


@dataclass(frozen=True)
class Text:
    """A paragraph. ``**strong**``, ``*stressed*`` and `` `code` `` are marked as in Markdown."""

    text: str


@dataclass(frozen=True)
class Items:
    """A list of paragraphs."""

    items: Sequence[str]


@dataclass(frozen=True)
class Table:
    """A table; the first cell of a row names it."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Picture:
    """A plot that lies beside the document."""

    file: str
    alt: str


Block = Heading | Text | Items | Table | Picture


def to_markdown(blocks: Iterable[Block]) -> str:
    """Return the document in Markdown."""
    return "\n\n".join(_markdown(block) for block in blocks) + "\n"


def to_page(blocks: Sequence[Block], folder: Path) -> str:
    """Return the document as one HTML page that needs no other file: plots below ``folder`` are in it."""
    title = next(block.text for block in blocks if isinstance(block, Heading))
    body = "\n".join(_html(block, folder) for block in blocks)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_inline(title)}</title>\n<style>\n{STYLE.read_text()}</style>\n</head>\n<body>\n<main>\n"
        f"{body}\n</main>\n</body>\n</html>\n"
    )


def _markdown(block: Block) -> str:
    match block:
        case Heading(text, level):
            return f"{'#' * level} {text}"
        case Text(text):
            return _wrapped(text)
        case Items(items):
            return "\n".join(_wrapped(one, "- ", "  ") for one in items)
        case Table(head, rows):
            rule = " | ".join("---" for _ in head)
            return "\n".join(f"| {line} |" for line in [" | ".join(head), rule, *(" | ".join(row) for row in rows)])
        case Picture(file, alt):
            return f"![{alt}]({file})"


def _wrapped(text: str, first: str = "", later: str = "") -> str:
    return textwrap.fill(
        " ".join(text.split()),
        WIDTH,
        initial_indent=first,
        subsequent_indent=later,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _html(block: Block, folder: Path) -> str:
    match block:
        case Heading(text, level):
            return f"<h{level}>{_inline(text)}</h{level}>"
        case Text(text):
            return f"<p>{_inline(text)}</p>"
        case Items(items):
            return "<ul>\n" + "".join(f"<li>{_inline(one)}</li>\n" for one in items) + "</ul>"
        case Table(head, rows):
            top = "".join(f'<th scope="col">{_inline(cell)}</th>' for cell in head)
            body = "".join(f"<tr>{_row(row)}</tr>\n" for row in rows)
            return f'<div class="wide"><table>\n<thead><tr>{top}</tr></thead>\n<tbody>\n{body}</tbody></table></div>'
        case Picture(file, alt):
            data = (folder / file).read_bytes()
            kind = ' class="panels"' if int.from_bytes(data[16:20], "big") > PANELS_PX else ""
            text = base64.b64encode(data).decode()
            return f'<figure{kind}><img src="data:image/png;base64,{text}" alt="{html.escape(alt)}"></figure>'


def _row(cells: Sequence[str]) -> str:
    first, *rest = cells
    return f'<th scope="row">{_inline(first)}</th>' + "".join(map(_cell, rest))


def _cell(text: str) -> str:
    kind = ' class="long"' if len(text) > LONG else ""
    return f"<td{kind}>{_inline(text)}</td>"


def _inline(text: str) -> str:
    marked = html.escape(" ".join(text.split()), quote=False)
    marked = re.sub(r"`([^`]+)`", r"<code>\1</code>", marked)
    marked = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", marked)
    return re.sub(r"(?<!\w)\*([^*\s][^*]*)\*", r"<em>\1</em>", marked)
