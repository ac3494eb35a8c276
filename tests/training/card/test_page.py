"""One text, as Markdown and as a page."""

import re

import pytest
from PIL import Image

from training.card.markdown import laid_out
from training.card.page import to_page

TEXT = f"""
# A & B

Some **strong** and *stressed* words, `code_with_underscores` and 1.96·√2.

- first
- second {"second " * 40}

| source | a long text |
| --- | --- |
| x_y | 1 < 2 |
| z | {"words " * 20}|



![what it "shows"](plot.png)
"""


@pytest.fixture
def page(tmp_path):
    Image.new("RGB", (4, 4)).save(tmp_path / "plot.png")
    return to_page(laid_out(TEXT), tmp_path)


def test_markdown_has_every_block_once():
    text = laid_out(TEXT)
    assert text.startswith("# A & B\n\n")
    assert "| source | a long text |\n| --- | --- |\n| x_y | 1 < 2 |" in text
    assert '![what it "shows"](plot.png)' in text
    assert "\n\n\n" not in text
    assert max(len(line) for line in text.splitlines() if not line.startswith("|")) <= 115


def test_laying_out_again_changes_nothing():
    assert laid_out(laid_out(TEXT)) == laid_out(TEXT)


def test_the_page_needs_no_other_file(page):
    assert "<title>A &amp; B</title>" in page
    assert "<strong>strong</strong> and <em>stressed</em>" in page
    assert "<code>code_with_underscores</code>" in page
    assert "1 &lt; 2" in page
    assert 'alt="what it &quot;shows&quot;"' in page
    sources = re.findall(r'(?:src|href)="([^"]{0,30})', page)
    assert sources
    assert all(source.startswith("data:image/png;base64,") for source in sources)
    assert "url(" not in page


def test_long_cells_may_break_and_figures_may_not(page):
    assert page.count('<td class="long">') == 1
    assert "<td>1 &lt; 2</td>" in page


def test_the_first_cell_of_a_row_names_it(page):
    assert '<th scope="row">x_y</th>' in page
    assert '<th scope="col">source</th>' in page
