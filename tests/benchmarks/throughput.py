"""What the server answers in a second, and how long an answer takes, by database and number of workers: a table.

    python -m tests.benchmarks.throughput [--requests 400] [--clients 8] [--workers 1 2 4]

Each client is a patient with a timeline and a connection of their own, asking as fast as answers come, from the same
machine: its processor is shared by clients, workers and database. SQLite and PostgreSQL write through to the disk.
Memory is that of a worker's process after all of it, the largest of the workers.
"""

import argparse
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles

from tests.phone import NoAnswer, Phone
from tests.postgresql import PostgreSQL, programs
from tests.served import Served

WHEN = "2026-03-01T08:30:00+01:00"
ROWS_PULLED, ROWS_PUSHED = 100, 10
MEGABYTES_AT_MOST = 150
Ask = Callable[[Phone, int], int]


def pull_nothing(phone: Phone, _number: int) -> int:
    """Ask with the newest ETag: 304."""
    return phone.send("GET", f"{phone.timeline}/sync", headers={"If-None-Match": phone.etag})[0]


def pull_page(phone: Phone, _number: int) -> int:
    """Pull the first page of the timeline."""
    return phone.send("GET", f"{phone.timeline}/sync?limit={ROWS_PULLED}")[0]


def push_rows(phone: Phone, number: int) -> int:
    """Push visits that are new."""
    return phone.push(visits=visits(f"{number:06}", ROWS_PUSHED))[0]


QUESTIONS: dict[str, tuple[Ask, int]] = {
    "pull, nothing new": (pull_nothing, 304),
    f"pull of {ROWS_PULLED} rows": (pull_page, 200),
    f"push of {ROWS_PUSHED} rows": (push_rows, 200),
}


def visits(name: str, count: int) -> list[dict[str, object]]:
    """Rows of visits with a short note."""
    ids = (f"visit-{name}-{number:04}" for number in range(count))
    return [{"id": id, "recorded_at": WHEN, "guided": True, "note": "a short note of the day"} for id in ids]


def patients(port: int, count: int) -> list[Phone]:
    """Sign people up, each with a page of rows."""
    phones = [Phone(port) for _ in range(count)]
    for phone in phones:
        phone.sign_up()
        assert phone.push(visits=visits("first", ROWS_PULLED))[0] == 200
        phone.etag = phone.send("GET", f"{phone.timeline}/sync")[1]["ETag"]
    return phones


def ask_all(phones: list[Phone], ask: Ask, right: int, requests: int) -> tuple[float, list[float], int]:
    """Let every phone ask so often; return seconds in all, of each answer, and how many answers were wrong."""
    seconds: list[float] = []
    wrong: list[int] = []

    def load(phone: Phone) -> None:
        for number in range(requests // len(phones)):
            begun = time.perf_counter()
            try:
                status = ask(phone, number)
            except NoAnswer:
                status = 0
            seconds.append(time.perf_counter() - begun)
            if status != right:
                wrong.append(status)

    threads = [threading.Thread(target=load, args=[phone]) for phone in phones]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - begun, seconds, len(wrong)


@contextmanager
def serving(database: str, workers: int) -> Iterator[Served]:
    """Run a server with an empty database."""
    with tempfile.TemporaryDirectory(prefix="acnetrack-throughput-") as folder:
        program_folder = programs()
        postgresql = PostgreSQL(program_folder, settings={}) if database == "PostgreSQL" and program_folder else None
        url = postgresql.url(postgresql.create("template0")) if postgresql else ""
        served = Served(Path(folder), url, workers=workers)
        try:
            yield served
        finally:
            served.stop()
            if postgresql:
                postgresql.stop()


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=400)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    options = parser.parse_args()
    print("| database | workers | question | answers/s | p50 | p99 | errors | memory of a worker |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for database in ("SQLite", "PostgreSQL"):
        for workers in options.workers:
            with serving(database, workers) as served:
                phones = patients(served.port, options.clients)
                for name, (ask, right) in QUESTIONS.items():
                    took, each, errors = ask_all(phones, ask, right, options.requests)
                    memory = max(worker.memory_info().rss for worker in served.workers) / 2**20
                    p50, p99 = (1000 * value for value in (median(each), quantiles(each, n=100)[98]))
                    figures = f"{len(each) / took:.0f} | {p50:.1f} ms | {p99:.1f} ms | {errors} | {memory:.0f} MB"
                    print(f"| {database} | {workers} | {name} | {figures} |", flush=True)
                for phone in phones:
                    phone.hang_up()
    print(f"\nA worker may take {MEGABYTES_AT_MOST} MB at most.")


if __name__ == "__main__":
    main()
