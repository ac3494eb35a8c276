"""`acnetrack admin backup|restore|import`, and what an operator is told."""

import pytest

from server.operations.manifest import backups_in
from server.running import cli


@pytest.fixture
def admin(server, config, monkeypatch, capsys):
    """Runs `acnetrack admin …` with the server's settings: returns what it says, or why it failed."""
    names = ("database_url", "journal_address", "photo_dir", "key_dir", "model_store_dir")
    for name in names:
        setting = name.replace("journal_address", "journal_url").upper()
        monkeypatch.setenv(f"ACNETRACK_{setting}", str(getattr(config, name)))

    def run(*arguments):
        capsys.readouterr()  # What the server logged until now.
        try:
            cli.main(["admin", *map(str, arguments)])
        except SystemExit as end:
            assert end.code == 2
            return capsys.readouterr().err
        return capsys.readouterr().out

    return run


def test_a_backup_is_named_and_what_to_keep_beside_it(admin, server, patient, with_photo):
    with_photo(patient)
    output = admin("backup", server.folder)
    (backup,) = backups_in(server.folder)
    assert f"{backup}: 2 files" in output
    assert "ACNETRACK_KEY_DIR and ACNETRACK_JOURNAL_URL" in output


def test_old_backups_are_named_as_they_go(admin, server, patient, config):
    old = server.back_up()  # of the tests' clock, long before the machine's
    output = admin("backup", server.folder, "--prune")
    assert f"Removed {old}" in output
    assert len(backups_in(server.folder)) == 1


def test_a_restore_says_what_was_done_again(admin, server, patient, visit_row):
    patient.push(visits=[visit_row()])
    backup = server.back_up()
    patient.send({"visits": {"deleted": ["visit-0001"]}})
    server.app.extensions["acnetrack.engine"].dispose()
    assert "1 records deleted, 0 accounts erased" in admin("restore", server.folder, "--replace")
    assert backups_in(server.folder) == [backup]


def test_a_refusal_is_one_line_with_the_remedy(admin, server, patient):
    server.back_up()
    output = admin("restore", server.folder, "--replace")
    assert output == "acnetrack: The database is in use; stop every server that uses it, then restore.\n"


def test_an_import_says_how_to_sign_in(admin, server, patient, tmp_path):
    (tmp_path / "export.zip").write_bytes(patient.get("/v1/account/export").data)
    assert "on the server already" in admin("import", tmp_path / "export.zip")
