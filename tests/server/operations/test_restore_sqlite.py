"""Restoring onto a SQLite file that is damaged, and from a backup of an older version."""

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from server.foundation import db
from server.migrations.runner import downgrade
from server.operations.manifest import Manifest, hashed

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_a_database_that_is_damaged_is_replaced(server, patient, visit_row, config):
    patient.push(visits=[visit_row()])
    backup = server.back_up()
    server.app.extensions["acnetrack.engine"].dispose()
    path = config.photo_dir.parent / "acnetrack.db"
    path.write_bytes(b"not a database at all" * 1000)
    server.restore(backup)
    server.reach(patient)
    assert patient.pull()["changes"]["visits"]["updated"]


def test_a_backup_of_the_version_before_is_brought_up_to_date(server, patient, visit_row, config):
    patient.push(visits=[visit_row()])
    backup = server.back_up()
    copy = backup / "database.sqlite"
    engine = db.connect(f"sqlite:///{copy}")
    downgrade(engine, "0006")
    engine.dispose()
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    written = Manifest.read(backup)
    files = {**written.files, copy.name: hashed(copy)}
    (backup / "manifest.json").write_text(replace(written, files=files).to_json())
    server.restore(backup)
    server.reach(patient)
    assert patient.pull()["changes"]["visits"]["updated"]
