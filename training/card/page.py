"""A card in Markdown as one HTML page that needs no other file."""

from __future__ import annotations

import base64
import html
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup

HERE = Path(__file__).parent
LONG = 36
"""Characters of a cell that is broken over lines on the page."""

PANELS_PX = 600
"""Width of a PNG beyond which it holds panels side by side, too small to be read on a phone at once."""


def to_page(markdown: str, folder: Path) -> str:
    """Return the document as a page: plots below ``folder`` are in it, and its first heading is its title."""
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    reader.add_render_rule("image", _picture)
    reader.add_render_rule("table_open", lambda *_: '<div class="wide"><table>\n')
    reader.add_render_rule("table_close", lambda *_: "</table></div>\n")
    tokens = reader.parse(markdown)
    _adapt(tokens)
    body = reader.renderer.render(tokens, reader.options, {"folder": folder})
    title = next(tokens[place + 1].content for place, token in enumerate(tokens) if token.type == "heading_open")
    environment = Environment(loader=FileSystemLoader(HERE / "templates"), undefined=StrictUndefined, autoescape=True)
    style = (HERE / "page.css").read_text()
    return environment.get_template("page.html").render(title=title, style=Markup(style), body=Markup(body)) + "\n"


def _adapt(tokens: Sequence[Token]) -> None:
    """Let the first cell of a row name it, long cells break, and pictures stand outside of paragraphs."""
    for place, token in enumerate(tokens):
        if token.type == "th_open":
            token.attrSet("scope", "col")
        elif token.type == "td_open" and tokens[place - 1].type == "tr_open":
            token.tag = tokens[place + 2].tag = "th"
            token.attrSet("scope", "row")
        elif token.type == "td_open" and len(tokens[place + 1].content) > LONG:
            token.attrSet("class", "long")
        elif token.type == "paragraph_open" and tokens[place + 1].content.startswith("!["):
            token.hidden = tokens[place + 2].hidden = True


def _picture(
    renderer: RendererHTML, tokens: Sequence[Token], place: int, options: Any, environment: Mapping[str, Path]
) -> str:
    data = (environment["folder"] / str(tokens[place].attrs["src"])).read_bytes()
    kind = ' class="panels"' if int.from_bytes(data[16:20], "big") > PANELS_PX else ""
    text = base64.b64encode(data).decode()
    return (
        f'<figure{kind}><img src="data:image/png;base64,{text}" alt="{html.escape(tokens[place].content)}"></figure>\n'
    )
