"""A database's file may lie in a folder of any name."""

from pathlib import Path

import pytest
from sqlalchemy import text

from server.foundation import db
from server.foundation.config import ConfigError
from server.foundation.sqlite_files import sqlite_file, sqlite_url

NAMES = ("what?x", "100%25 sure", "100% sure", "a#b", "a?b=c&d", "käse", "sp ace", "+", "a@b:c", "[a]", "~")


@pytest.mark.parametrize("name", NAMES)
def test_the_database_lies_where_its_folder_is_whatever_that_is_called(name, tmp_path):
    folder = tmp_path / name
    folder.mkdir()
    url = sqlite_url(folder / "acnetrack.db")
    engine = db.connect(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE t (x)"))
    engine.dispose()
    assert sqlite_file(url) == folder / "acnetrack.db"
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (folder / "acnetrack.db").is_file()


def test_a_question_mark_in_an_address_is_refused_with_the_way_to_write_it(tmp_path):
    with pytest.raises(ConfigError, match="%3F"):
        db.connect(f"sqlite:///{tmp_path}/what?x/acnetrack.db")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("url", ["postgresql://localhost/acnetrack", "sqlite://", "no address"])
def test_what_is_no_file_has_none(url):
    assert sqlite_file(url) is None


def test_a_relative_file_stays_relative():
    assert sqlite_file(sqlite_url(Path("acnetrack.db"))) == Path("acnetrack.db")
