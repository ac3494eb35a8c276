"""A process that answers is alive; it is ready when everything that requests need can be used."""

import shutil
from dataclasses import replace

import pytest

from server.foundation.journal.recording import journal
from server.foundation.keys.folder import FolderKeyRing
from server.foundation.keys.master import new_master_key

pytestmark = pytest.mark.both_databases


def not_ready(client):
    """The parts that are named as not usable."""
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["code"]) == (503, "not_ready")
    assert int(answer.headers["Retry-After"]) > 0
    return answer.json["detail"]


def test_a_server_with_everything_it_needs_is_ready(client):
    assert client.get("/readyz").json == {"status": "ready"}


def test_a_database_of_another_version_is_not_ready(app, client):
    with app.extensions["acnetrack.engine"].begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    assert "database" in not_ready(client)


def test_a_photo_store_that_takes_nothing_is_not_ready(client, config):
    shutil.rmtree(config.photo_dir)
    config.photo_dir.write_text("in the way")
    assert "photo store" in not_ready(client)


def test_a_journal_that_is_away_is_not_ready(app, client, tmp_path):
    with app.app_context():
        journal().engine.dispose()
        journal().engine = type(journal())(f"sqlite:///{tmp_path / 'nowhere' / 'journal.db'}").engine
    assert "journal" in not_ready(client)


def test_a_process_that_is_not_ready_is_alive_all_the_same(client, config):
    shutil.rmtree(config.photo_dir)
    config.photo_dir.write_text("in the way")
    assert client.get("/healthz").json == {"status": "ok"}


def test_asking_leaves_nothing_in_the_photo_store(client, config):
    client.get("/readyz")
    assert [path for path in config.photo_dir.rglob("*") if path.is_file()] == []


def test_keys_that_the_master_key_does_not_open_are_not_ready(app, client, config):
    app.extensions["acnetrack.keys"].key_of("timeline-0001")
    app.extensions["acnetrack.keys"] = FolderKeyRing(config.key_dir, new_master_key())
    assert "keys" in not_ready(client)


def test_a_server_without_any_model_is_not_ready(app, client, config, tmp_path):
    app.extensions["acnetrack.config"] = replace(config, models_dir=tmp_path / "nothing")
    assert "models" in not_ready(client)
