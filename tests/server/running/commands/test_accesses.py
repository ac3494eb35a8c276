"""`acnetrack admin accesses verify` says which logs are whole, and where one is not."""

import pytest
from sqlalchemy import text

from server.running.cli import main

pytestmark = pytest.mark.both_databases


@pytest.fixture
def verify(app, config, monkeypatch, capsys):
    """Runs the command; returns what it exits with and what it prints."""
    monkeypatch.setenv("ACNETRACK_DATABASE_URL", config.database_url)

    def run(*arguments):
        capsys.readouterr()  # What the server logged until now.
        try:
            main(["admin", "accesses", "verify", *arguments])
            code = 0
        except SystemExit as exit:
            code = exit.code
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    return run


@pytest.fixture
def logged(patient, dermatologist):
    patient.share_with(dermatologist)
    patient.push(visits=[{"id": "visit-0001", "recorded_at": "2026-03-01T08:30:00+01:00", "guided": True}])
    for _ in range(2):
        dermatologist.get(f"{patient.timeline}/sync")
    return patient


def test_whole_logs_are_counted(verify, logged, other_patient):
    assert verify() == (0, "2 of 2 access logs are whole, with 2 entries.\n")
    assert verify(other_patient.timeline_id) == (0, "1 of 1 access logs are whole, with 0 entries.\n")


def test_the_first_broken_place_is_named_and_the_command_fails(app, verify, logged, other_patient):
    with app.extensions["acnetrack.engine"].begin() as connection:
        reads = "INSERT INTO reads (id, timeline_id, user_id, what, at)"
        connection.execute(text(f"{reads} SELECT 'x', timeline_id, user_id, what, at FROM reads LIMIT 1"))
    code, output = verify()
    assert code == 1
    assert f"{logged.timeline_id}: reading x is not in the chain: it was slipped in\n" in output
    assert "1 of 2 access logs are whole, with 0 entries." in output


def test_a_log_that_was_cut_is_found_by_the_head_of_the_phone(app, verify, logged):
    head = logged.get(f"{logged.timeline}/sync").headers["Acnetrack-Access-Log"]
    assert verify(logged.timeline_id, "--head", head)[0] == 0
    code, output = verify(logged.timeline_id, "--head", f"3:{'a' * 64}")
    assert code == 1
    assert f"{logged.timeline_id}: entry 3 is missing: the log was cut, 3 entries were seen" in output


@pytest.mark.parametrize(
    ("arguments", "remedy"),
    [
        (["f" * 32], f"there is no timeline {'f' * 32}"),
        (["--head", f"3:{'a' * 64}"], "name it"),
        (["f" * 32, "--head", "3"], "COUNT:HASH"),
    ],
)
def test_a_wrong_argument_is_named(verify, arguments, remedy):
    code, output = verify(*arguments)
    assert code == 2
    assert remedy in output
