"""A slice of `tests.soak.backups`: backups taken while people write, restored, and nothing that counts is lost."""

from tests.served import Served
from tests.soak.backups import survive


def test_a_backup_taken_under_load_is_restored_and_phones_bring_the_rest(tmp_path):
    served = Served(tmp_path)
    try:
        counts = survive(served, None, rounds=1, patients=1, backups=2)
    finally:
        served.kill()
    assert (counts["backups"], counts["restores"]) == (2, 1)
    assert counts["rows posted again"] > 0
