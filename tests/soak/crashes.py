"""Servers killed under load, again and again: nothing that was acknowledged is lost, doubled or damaged.

    python -m tests.soak.crashes [--kills 500] [--database sqlite postgresql] [--patients 3] [--seed 1]

Several people write, upload and delete on several devices while workers, their arbiter, all of them at once, and on
PostgreSQL its backends and the whole server are ended by SIGKILL. Whoever gets no answer asks again. `kills` are for
each database.
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

import psutil

from tests.phone import Phone
from tests.postgresql import PostgreSQL
from tests.served import Served
from tests.soak.each_database import on_each, parser_of
from tests.soak.intact import check_database, check_log, check_timeline
from tests.soak.patients import Patient, Watcher

OFTEN, SELDOM = 12, 1
DEVICES = 2
ACKNOWLEDGED_BETWEEN = (5, 25)
"""How many more answers, at least and at most, the next kill waits for."""

POLL_SECONDS = 0.01
STUCK_SECONDS = 120


def survive(
    served: Served, postgresql: PostgreSQL | None, kills: int, patients: int = 3, seed: int = 1, answers: int = 0
) -> Counter[str]:
    """Kill parts of a server under load, each at least once, check everything, and return what happened how often.

    It goes on until at least so many `answers` were acknowledged.

    Raises:
        AssertionError: something acknowledged is missing, something is there twice or damaged, or the server stuck.
    """
    stop, counts, chance = threading.Event(), Counter[str](), random.Random(seed)
    people = [_devices(served.port, number, seed, stop, counts) for number in range(patients)]
    writers = [writer for devices, _ in people for writer in devices]
    for thread in (*writers, *(watcher for _, watcher in people)):
        thread.start()
    disasters = _disasters(served, postgresql, chance)
    names, weights = list(disasters), [often for often, _ in disasters.values()]
    for name in [*chance.sample(names, len(names)), *chance.choices(names, weights, k=kills)][:kills]:
        _wait(counts, counts["acknowledged"] + chance.randint(*ACKNOWLEDGED_BETWEEN), stop)
        disasters[name][1]()
        counts[f"kills of {name}"] += 1
    _wait(counts, max(answers, counts["acknowledged"] + ACKNOWLEDGED_BETWEEN[1]), stop)
    stop.set()
    for thread in (*writers, *(watcher for _, watcher in people)):
        thread.join()
    assert not any(writer.failure for writer in writers), [writer.failure for writer in writers if writer.failure]
    for devices, watcher in people:
        watcher.pull()
        check_timeline(watcher.phone, [device.books for device in devices], watcher.replica)
        counts["photos"] += sum(len(device.books.photos) for device in devices)
    for devices, watcher in people:
        for phone in (watcher.phone, *(device.phone for device in devices)):
            phone.hang_up()
    counts["rows"] = check_log(served.database_url)
    assert served.stop() == 0
    check_database(served.database_url, postgresql)
    return counts


def _devices(
    port: int, number: int, seed: int, stop: threading.Event, counts: Counter[str]
) -> tuple[list[Patient], Watcher]:
    """Sign one person up, with devices that write and one that watches."""
    first = Phone(port)
    first.sign_up()
    phones = [first, *(Phone(port, first.email) for _ in range(DEVICES))]
    for phone in phones[1:]:
        phone.sign_in()
    names = [f"{number}{letter}" for letter in "abcdefgh"[:DEVICES]]
    writers = [Patient(phone, name, f"{seed} {name}", stop, counts) for phone, name in zip(phones, names, strict=False)]
    return writers, Watcher(phones[-1], stop)


def _disasters(
    served: Served, postgresql: PostgreSQL | None, chance: random.Random
) -> Mapping[str, tuple[int, Callable[[], None]]]:
    """What is killed, how often among all, and how."""

    def worker() -> None:
        _kill_one(lambda: served.workers, chance)

    def arbiter() -> None:
        served.process.kill()
        served.process.wait()
        served.start()

    def everything() -> None:
        served.kill()
        served.start()

    def database() -> None:
        assert postgresql is not None
        postgresql.kill()
        postgresql.start()

    def backend() -> None:
        assert postgresql is not None
        _kill_one(lambda: postgresql.backends, chance)

    disasters = {"worker": (OFTEN, worker), "arbiter": (SELDOM, arbiter), "everything": (SELDOM, everything)}
    return disasters if postgresql is None else {**disasters, "backend": (2, backend), "database": (2, database)}


def _kill_one(processes: Callable[[], Sequence[psutil.Process]], chance: random.Random) -> None:
    """Kill one of the processes that there are, or of the first to come."""
    while not (there := processes()):
        time.sleep(POLL_SECONDS)
    with suppress(psutil.NoSuchProcess):
        chance.choice(there).kill()


def _wait(counts: Counter[str], until: int, stop: threading.Event) -> None:
    deadline = time.monotonic() + STUCK_SECONDS
    while counts["acknowledged"] < until and not stop.is_set():
        assert time.monotonic() < deadline, f"nothing was acknowledged for {STUCK_SECONDS} s"
        time.sleep(POLL_SECONDS)


def main(argv: Sequence[str] | None = None) -> None:
    """Run the proof on each database and print what happened."""
    parser = parser_of(__doc__)
    parser.add_argument("--kills", type=int, default=500)
    options = parser.parse_args(argv)
    on_each(
        options,
        3,
        lambda served, postgresql: survive(served, postgresql, options.kills, options.patients, options.seed),
    )


if __name__ == "__main__":
    main()
