"""A slice of `tests.soak.backups`: backups taken while people write, restored, and nothing that counts is lost."""

import pytest

from tests.served import Served
from tests.soak.backups import survive


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"])
def test_a_backup_taken_under_load_is_restored_and_phones_bring_the_rest(database_url, tmp_path, request):
    url = ""
    if database_url == "postgresql":
        server = request.getfixturevalue("postgresql")
        url = server.url(name := server.create("template0"))
        request.addfinalizer(lambda: server.drop(name))
    served = Served(tmp_path, url)
    try:
        counts = survive(served, server if url else None, rounds=1, patients=1, backups=2)
    finally:
        served.kill()
    assert (counts["backups"], counts["restores"]) == (2, 1)
    assert counts["rows posted again"] > 0
