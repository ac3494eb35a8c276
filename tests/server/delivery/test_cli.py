"""Assessing again from the command line: it watches for more until it is stopped, and says what is wrong."""

import time

import pytest

from server.photos.store import LocalPhotoStore
from server.running import cli

pytestmark = pytest.mark.both_databases


@pytest.fixture
def operate(config, monkeypatch, capsys):
    """Runs `acnetrack admin models …` in this process; returns its exit code and what it said."""
    monkeypatch.setenv("ACNETRACK_DATABASE_URL", config.database_url)
    monkeypatch.setenv("ACNETRACK_PHOTO_DIR", str(config.photo_dir))
    monkeypatch.setenv("ACNETRACK_KEY_DIR", str(config.key_dir))
    monkeypatch.setenv("ACNETRACK_MODEL_STORE_DIR", str(config.model_store_dir))

    def run(*arguments):
        capsys.readouterr()  # What the server logged until now.
        with pytest.raises(SystemExit) as stopped:
            cli.main(["admin", "models", *arguments])
        output = capsys.readouterr()
        return stopped.value.code, output.out, output.err

    return run


def test_watching_looks_again_and_again_until_it_is_stopped(operate, monkeypatch):
    waited = []

    def stopped_the_second_time(seconds):
        waited.append(seconds)
        if len(waited) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(time, "sleep", stopped_the_second_time)
    code, out, err = operate("reassess", "--watch")
    assert (code, out) == (130, "0 of 0 visits assessed again, 0 wait\n" * 2)
    assert "Run it again to go on." in err


def test_a_photo_store_that_cannot_be_read_is_named_and_nothing_is_lost(
    operate, patient, visit_row, photo_row, assessment_row, jpeg, monkeypatch, capsys
):
    patient.push(visits=[visit_row()], photos=[photo_row(jpeg)], assessments=[assessment_row()])
    patient.put(f"{patient.timeline}/photos/photo-0001", data=jpeg, content_type="image/jpeg")

    def fails(store, key):
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as fault:
        fault.setattr(LocalPhotoStore, "get", fails)
        code, _, err = operate("reassess")
    assert code == 2
    assert "photo store cannot be read (Input/output error)" in err
    cli.main(["admin", "models", "reassess"])
    assert capsys.readouterr().out == "1 of 1 visits assessed again, 0 wait\n"
