"""Backups taken while people write, restored at random: nothing acknowledged is lost, and nothing deleted is back.

    python -m tests.soak.backups [--rounds 20] [--database sqlite postgresql] [--patients 3] [--seed 1]

Each round, several backups are taken by `acnetrack admin backup` while every device writes, uploads and deletes; one of
them is put in place by `acnetrack admin restore`, the phones do what 410 `restored` asks of them, and everything is
compared with what they were promised.
"""

import json
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from server.operations.manifest import Manifest, backups_in
from tests.phone import Phone, Replica, picture
from tests.postgresql import PostgreSQL
from tests.served import ROOT, Served
from tests.soak.each_database import on_each, parser_of
from tests.soak.intact import check_database, check_log, check_timeline
from tests.soak.patients import Books, Patient

DEVICES = 2
ANSWERS_BETWEEN = 10
"""How much is written, at least, before the next backup and after the last."""

POLL_SECONDS = 0.01
ROWS_AT_ONCE = 200


def survive(
    served: Served, postgresql: PostgreSQL | None, rounds: int, patients: int = 2, seed: int = 1, backups: int = 3
) -> Counter[str]:
    """Back up under load and restore, check everything each time, and return what happened how often.

    Raises:
        AssertionError: something acknowledged is missing, something deleted is back, or a backup is not sound.
    """
    counts, chance, folder = Counter[str](), random.Random(seed), served.folder / "backups"
    people = [_signed_up(served.port) for _ in range(patients)]
    books = {phone: Books() for phones in people for phone in phones}
    for turn in range(rounds):
        stop = threading.Event()
        writers = []
        for number, (phone, mine) in enumerate(books.items()):
            name = f"{turn}x{number}"
            writers.append(Patient(phone, name, f"{seed} {name}", stop, counts))
            writers[-1].books = mine
        _write_while_backing_up(served, writers, stop, counts, folder, backups)
        cursors = {phone: phone.pull_all().cursor for phone in books}
        _restore(served, postgresql, chance.choice(backups_in(folder)[-backups:]))
        counts["restores"] += 1
        for phone, mine in books.items():
            counts["rows posted again"] += _post_everything(phone, mine, cursors[phone])
        for phones in people:
            check_timeline(phones[-1], [books[phone] for phone in phones], phones[0].pull_all(Replica()))
    counts["photos"] = sum(len(mine.photos) for mine in books.values())
    counts["deletions kept"] = sum(len(mine.deleted) for mine in books.values())
    counts["rows"] = check_log(served.database_url)
    for phone in books:
        phone.hang_up()
    return counts


def acnetrack(served: Served, *arguments: object) -> str:
    """Run `acnetrack admin …` with the server's settings, as an operator does, and return what it says."""
    command = [sys.executable, "-m", "server", "admin", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, env=served.environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def _signed_up(port: int) -> list[Phone]:
    """Sign one person up and return the devices that they write with."""
    first = Phone(port)
    first.sign_up()
    phones = [first, *(Phone(port, first.email) for _ in range(DEVICES - 1))]
    for phone in phones[1:]:
        phone.sign_in()
    return phones


def _write_while_backing_up(
    served: Served, writers: list[Patient], stop: threading.Event, counts: Counter[str], folder: Path, backups: int
) -> None:
    for writer in writers:
        writer.start()
    for _ in range(backups):
        _wait(counts, counts["acknowledged"] + ANSWERS_BETWEEN, stop)
        acnetrack(served, "backup", folder)
        counts["backups"] += 1
    _wait(counts, counts["acknowledged"] + ANSWERS_BETWEEN, stop)
    stop.set()
    for writer in writers:
        writer.join()
    assert not any(writer.failure for writer in writers), [each.failure for each in writers if each.failure]


def _restore(served: Served, postgresql: PostgreSQL | None, backup: Path) -> None:
    Manifest.read(backup).verify(backup)
    assert served.stop() == 0
    acnetrack(served, "restore", backup, "--replace")
    check_database(served.database_url, postgresql)
    served.start()


def _post_everything(phone: Phone, books: Books, cursor: int) -> int:
    """Do as a phone that is told `restored`: post every row, and send the photos again that the server lacks."""
    phone.hang_up()
    status, _, body = phone.send("GET", f"{phone.timeline}/sync?last_pulled_at={cursor}")
    page = json.loads(body)
    assert (status, page["reason"]) == (410, "restored"), body[:500]
    rows = list(books.rows.items())
    for start in range(0, len(rows), ROWS_AT_ONCE):
        changes: dict[str, list[dict[str, Any]]] = {}
        for key, row in rows[start : start + ROWS_AT_ONCE]:
            changes.setdefault(key.split("/")[0], []).append(row)
        status, body = phone.push(page["cursor"], **changes)
        assert (status, body.get("rejected")) == (200, []), body
    for photo_id, seed in books.photos.items():
        address = f"{phone.timeline}/photos/{photo_id}"
        if phone.send("GET", address)[0] == 404:
            sent, _, answer = phone.send("PUT", address, picture(seed), {"Content-Type": "image/jpeg"})
            assert sent == 204, answer
    return len(rows)


def _wait(counts: Counter[str], until: int, stop: threading.Event) -> None:
    while counts["acknowledged"] < until and not stop.is_set():
        time.sleep(POLL_SECONDS)


def main(argv: Sequence[str] | None = None) -> None:
    """Run the proof on each database and print what happened."""
    parser = parser_of(__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args(argv)
    on_each(
        options,
        2,
        lambda served, postgresql: survive(served, postgresql, options.rounds, options.patients, options.seed),
    )


if __name__ == "__main__":
    main()
