"""Text and tables as editors and spreadsheets write them: their encodings, their separators, their decimal commas."""

from __future__ import annotations

import codecs
import csv
import io
from pathlib import Path

from training.datasets.annotation import LabelError

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""What a file begins with, and its encoding; UTF-32's mark begins with UTF-16's."""

SEPARATORS = (",", ";", "\t", "|")

Row = dict[str, str]


def read_text(path: Path) -> str:
    """Return a file's text, by its byte order mark, otherwise as UTF-8 or as UTF-16 whose zero bytes give it away.

    Raises:
        LabelError: it is in another encoding, or no text; the file and the encoding that was tried are named.
    """
    data = path.read_bytes()
    encoding = _encoding(data)
    name = encoding.upper().removesuffix("-SIG")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        if b"\0" in data:
            raise LabelError(f"{path}: not a text file, or damaged (read as {name}); export it again") from None
        raise LabelError(
            f"{path}: byte {error.start + 1} is not {name}, the encoding it was read in; save it as UTF-8 (in a"
            " spreadsheet: CSV UTF-8)"
        ) from None
    if "\0" in text:
        raise LabelError(f"{path}: not a text file, or damaged (read as {name}); export it again")
    return text


def read_table(path: Path) -> tuple[list[str], list[Row]]:
    """Return a table's columns, in lower case, and its rows; a cell that is missing is empty.

    The separator is the one that splits the first line into most columns. Where it is no comma, numbers may have a
    decimal comma, and are given with a point.

    Raises:
        LabelError: the encoding, or a cell that is never closed.
    """
    text = read_text(path).lstrip("\r\n")
    first = next(iter(text.splitlines()), "")
    if first.lower().startswith("sep=") and len(first) == 5:  # A line that spreadsheets write for each other.
        separator, text = first[4], text.partition(first)[2].lstrip("\r\n")
    else:
        separator = max(SEPARATORS, key=lambda each: len(next(csv.reader([first], delimiter=each), [])))
    lines = csv.DictReader(io.StringIO(text, newline=""), restval="", delimiter=separator, strict=True)
    try:
        columns = [(name or "").strip().lower() for name in lines.fieldnames or ()]
        rows = [{(k or "").strip().lower(): str(v or "").strip() for k, v in line.items()} for line in lines]
    except csv.Error as error:
        raise LabelError(f"{path}:{lines.line_num}: not a table ({error}); export it again") from None
    if separator != ",":
        rows = [{name: _with_point(cell) for name, cell in row.items()} for row in rows]
    return columns, rows


def _encoding(data: bytes) -> str:
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return encoding
    even, odd = data[:200:2], data[1:200:2]
    if odd and odd.count(0) > len(odd) // 2 and not even.count(0):
        return "utf-16-le"
    if even and even.count(0) > len(even) // 2 and not odd.count(0):
        return "utf-16-be"
    return "utf-8"


def _with_point(cell: str) -> str:
    whole, comma, part = cell.partition(",")
    return f"{whole}.{part}" if comma and whole.lstrip("+-").isdecimal() and part.isdecimal() else cell
