"""Tables and labels are read as spreadsheets and editors write them."""

import pytest

from training.datasets.annotation import LabelError
from training.datasets.collection import read_collection
from training.datasets.text import read_table, read_text

ROWS = [("image", "class", "xmin", "ymin", "xmax", "ymax"), ("a.png", "papule", "10.5", "20", "30.25", "40")]


def table(separator, decimal="."):
    return "".join(separator.join(cell.replace(".", decimal) if cell[0].isdigit() else cell for cell in row) + "\r\n"
                   for row in ROWS)  # fmt: skip


WRITTEN = {
    "UTF-8": table(",").encode(),
    "UTF-8 with a mark": table(",").encode("utf-8-sig"),
    "Unicode text, tabs": table("\t").encode("utf-16"),
    "UTF-16, big end first": b"\xfe\xff" + table("\t").encode("utf-16-be"),
    "UTF-16 without a mark": table(",").encode("utf-16-le"),
    "UTF-16 without a mark, big end first": table(",").encode("utf-16-be"),
    "UTF-32": table(";").encode("utf-32"),
    "semicolons": table(";").encode(),
    "semicolons and decimal commas": table(";", ",").encode("utf-8-sig"),
    "tabs and decimal commas": table("\t", ",").encode("utf-16"),
    "a line that names the separator": b"sep=;\r\n" + table(";", ",").encode(),
    "empty lines above": b"\r\n\r\n" + table(";").encode(),
    "empty lines above, in UTF-16": ("\r\n" + table("\t")).encode("utf-16"),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_a_table_is_read_however_a_spreadsheet_wrote_it(name, tmp_path, draw):
    draw(tmp_path / "a.png", size=(160, 120))
    (tmp_path / "boxes.csv").write_bytes(WRITTEN[name])
    (photo,) = read_collection(tmp_path)
    assert photo.boxes.tolist() == [pytest.approx([10.5 / 160, 20 / 120, 30.25 / 160, 40 / 120], abs=1e-6)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32"])
def test_labels_are_read_in_the_encodings_that_editors_write(encoding, tmp_path, draw):
    draw(tmp_path / "images" / "a.png")
    (tmp_path / "classes.txt").write_bytes("papule\n".encode(encoding))
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels" / "a.txt").write_bytes("0 .5 .5 .1 .1\n".encode(encoding))
    assert len(read_collection(tmp_path)[0].boxes) == 1


def test_a_comma_in_a_name_is_no_decimal(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("image;note\nface 1,2.png;a, b\n")
    assert read_table(path) == (["image", "note"], [{"image": "face 1,2.png", "note": "a, b"}])


@pytest.mark.parametrize("data", [b"\xff\xfe\x00\xd8", b"image\x00\x00;class", "Müller".encode("cp1252")])
def test_what_is_no_text_in_any_of_them_is_refused_with_file_and_encoding(data, tmp_path):
    (tmp_path / "boxes.csv").write_bytes(data)
    with pytest.raises(LabelError, match=r"boxes\.csv.*UTF-"):
        read_text(tmp_path / "boxes.csv")


@pytest.mark.parametrize("row", ['"a.png,papule,1,2,3,4', 'a.png,"papule,1,2,3,4', '"a" b.png,papule,1,2,3,4'])
def test_a_cell_that_is_never_closed_takes_no_other_rows_with_it(row, tmp_path):
    (tmp_path / "boxes.csv").write_text(f"image,class,xmin,ymin,xmax,ymax\n{row}\nb.png,papule,1,2,3,4\n")
    with pytest.raises(LabelError, match=r"boxes\.csv:\d: not a table"):
        read_table(tmp_path / "boxes.csv")
