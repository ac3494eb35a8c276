"""One list of blocks, as Markdown and as a page."""

import re

from PIL import Image

from training.card.document import Heading, Items, Picture, Table, Text, to_markdown, to_page

BLOCKS = [
    Heading("A & B", 1),
    Text("Some **strong** and *stressed* words, `code_with_underscores` and 1.96·√2."),
    Items(["first", "second " * 40]),
    Table(["source", "a long text"], [["x_y", "1 < 2"], ["z", "words " * 20]]),
    Picture("plot.png", 'what it "shows"'),
]


def test_markdown_has_every_block_once():
    text = to_markdown(BLOCKS)
    assert text.startswith("# A & B\n\n")
    assert "| source | a long text |\n| --- | --- |\n| x_y | 1 < 2 |" in text
    assert '![what it "shows"](plot.png)' in text
    assert max(len(line) for line in text.splitlines() if not line.startswith("|")) <= 115


def test_the_page_needs_no_other_file(tmp_path):
    Image.new("RGB", (4, 4)).save(tmp_path / "plot.png")
    page = to_page(BLOCKS, tmp_path)
    assert "<title>A &amp; B</title>" in page
    assert "<strong>strong</strong> and <em>stressed</em>" in page
    assert "<code>code_with_underscores</code>" in page
    assert "1 &lt; 2" in page
    sources = re.findall(r'(?:src|href)="([^"]{0,30})', page)
    assert sources
    assert all(source.startswith("data:image/png;base64,") for source in sources)
    assert "url(" not in page


def test_long_cells_may_break_and_figures_may_not(tmp_path):
    Image.new("RGB", (4, 4)).save(tmp_path / "plot.png")
    page = to_page(BLOCKS, tmp_path)
    assert page.count('<td class="long">') == 1
    assert "<td>1 &lt; 2</td>" in page
