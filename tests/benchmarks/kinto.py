"""Synchronising small records beside Kinto 26.5.0 on the same PostgreSQL, as a table.

    python -m tests.benchmarks.kinto [--repeats N]

Each server has a database of one PostgreSQL that writes through to the disk, and as many gunicorn workers and threads
as the others. One client sends each the same records over one connection, and all take turns; figures are medians
without the first turn, ratios are of these. Making a request's JSON is not counted, reading an answer's is.

Kinto runs twice: "by its guide" to production (accounts, everything in PostgreSQL, 25 requests a batch, 100 records a
page), and "free" of all that can be turned off or raised (credentials that are hashed and nowhere looked up, its cache
in memory, no log, one batch and with it one transaction a push, 10,000 records a page). It is sent a record as its own
client sends it: a PUT that creates it or fails. Its advantage in both: it checks no column of a record, and gives its
three collections without an order among them. Ours: null columns that the phone left out come back too.

The first run installs Kinto from PyPI under `build/`, in a virtual environment of its own.
"""

import argparse
import base64
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any, Protocol
from urllib.parse import urlsplit

import psycopg

from tests.benchmarks.kinto_server import FREE, GUIDE, VERSION, serving
from tests.benchmarks.sync import PULLED, PUSHED, SETTLED, records
from tests.phone import PASSWORD, Phone
from tests.postgresql import PostgreSQL, programs
from tests.served import Served

AHEAD_AT_LEAST = 5
WORKERS, THREADS = 2, 4
OUR_PAGE, OUR_LARGEST_PAGE = 1_000, 10_000

Tables = dict[str, list[dict[str, Any]]]


class Side(Protocol):
    """One server, asked by one client."""

    def person(self, name: str) -> None:
        """Go on as somebody new, who has no records."""

    def hang_up(self) -> None:
        """Close the connection, as a phone does between two synchronisations."""

    def push(self, tables: Tables) -> float:
        """Return the seconds that it takes."""

    def pull(self) -> tuple[float, Tables]:
        """Return the seconds of a first pull, and what came."""


class Ours:
    """acnetrack."""

    def __init__(self, port: int, page: int) -> None:
        self._port, self._page = port, page
        self.name = f"acnetrack, {page:,} a page"

    def person(self, name: str) -> None:
        self._phone = Phone(self._port, f"{name}-{self._page}@example.org")
        self._phone.sign_up()

    def hang_up(self) -> None:
        self._phone.hang_up()

    def push(self, tables: Tables) -> float:
        body = json.dumps({name: {"created": rows} for name, rows in tables.items()}).encode()
        begun = time.perf_counter()
        status, _, said = self._phone.send("POST", f"{self._phone.timeline}/sync", body)
        verdicts, seconds = json.loads(said), time.perf_counter() - begun
        assert (status, verdicts["rejected"]) == (200, [])
        return seconds

    def pull(self) -> tuple[float, Tables]:
        begun, pages, cursor, more = time.perf_counter(), [], 0, True
        while more:
            page = self._phone.pull(cursor, self._page)
            pages.append(page["changes"])
            cursor, more = page["timestamp"], page["has_more"]
        seconds = time.perf_counter() - begun
        return seconds, {name: [row for page in pages for row in page[name]["updated"]] for name in pages[0]}


class Kinto:
    """Kinto: a bucket for each person, a collection for each table."""

    def __init__(self, port: int, name: str, settings: dict[str, Any]) -> None:
        self._port, self._settings = port, settings
        self.name = f"Kinto {name}"

    def person(self, name: str) -> None:
        self._phone, credentials = Phone(self._port), base64.b64encode(f"{name}:{PASSWORD}".encode()).decode()
        self._headers = {"Authorization": f"Basic {credentials}"}
        self._bucket = f"/v1/buckets/{name}"
        if self._settings["policy"] == "account":
            self._ask("PUT", f"/v1/accounts/{name}", {"data": {"password": PASSWORD}})
        for place in (self._bucket, *(f"{self._bucket}/collections/{table}" for table in records(0, ""))):
            self._ask("PUT", place, {})

    def hang_up(self) -> None:
        self._phone.hang_up()

    def push(self, tables: Tables) -> float:
        puts = [
            {"path": f"{self._bucket}/collections/{table}/records/{row['id']}", "body": {"data": row}}
            for table, rows in tables.items()
            for row in rows
        ]
        create = {"method": "PUT", "headers": {"If-None-Match": "*"}}
        some = [puts[at : at + self._settings["batch"]] for at in range(0, len(puts), self._settings["batch"])]
        bodies = [json.dumps({"defaults": create, "requests": each}).encode() for each in some]
        begun = time.perf_counter()
        answers = [self._ask("POST", "/v1/batch", body)[0] for body in bodies]
        seconds = time.perf_counter() - begun
        assert {each["status"] for answer in answers for each in answer["responses"]} == {201}
        return seconds

    def pull(self) -> tuple[float, Tables]:
        begun = time.perf_counter()
        found = {table: list(self._pages(table)) for table in records(0, "")}
        return time.perf_counter() - begun, found

    def _pages(self, table: str) -> Iterator[dict[str, Any]]:
        path: str | None = f"{self._bucket}/collections/{table}/records?_since=0"
        while path:
            page, headers = self._ask("GET", path)
            yield from page["data"]
            path = _path(headers["Next-Page"]) if "Next-Page" in headers else None

    def _ask(self, method: str, path: str, body: Any = None) -> tuple[dict[str, Any], dict[str, str]]:
        status, headers, said = self._phone.send(method, path, body, self._headers)
        assert status in (200, 201), said
        return json.loads(said), headers


def _path(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def compared(sides: list[Side], repeats: int, turn: Callable[[Side, int], float]) -> list[float]:
    """Return each side's median milliseconds, all in turn, without the first turn."""
    seconds: dict[Side, list[float]] = {side: [] for side in sides}
    for number in range(repeats + 1):
        for side in sides:
            side.hang_up()
            seconds[side].append(turn(side, number))
    return [1000 * median(each[1:]) for each in seconds.values()]


def same(sent: Tables, came: Tables) -> bool:
    """Whether every record sent came back, each column of it as it was, and no other record."""
    for name, rows in sent.items():
        found = {row["id"]: row for row in came[name]}
        if len(found) != len(rows) or any(not row.items() <= found[row["id"]].items() for row in rows):
            return False
    return True


def measure(sides: list[Side], settle: Callable[[], None], repeats: int) -> dict[str, list[float]]:
    """Return by what was done each side's milliseconds."""
    for side in sides:
        side.person("pushes")
    pushes = compared(sides, repeats, lambda side, number: side.push(records(PUSHED, f"push-{number}")))
    many = records(PULLED, "first")
    for side in sides:
        side.person("pulls")
        side.push(many)
    settle()
    pulls = compared(sides, repeats, lambda side, _: side.pull()[0])
    for side in sides:
        side.hang_up()
        assert same(many, side.pull()[1])
    return {f"push of {PUSHED:,} records": pushes, f"first pull of {PULLED:,}": pulls}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=5)
    repeats = parser.parse_args().repeats
    if (found := programs()) is None:
        print("PostgreSQL is not here: apt-get install postgresql")
        return
    with ExitStack() as stack:
        database = PostgreSQL(found, settings={})
        stack.callback(database.stop)

        def folder() -> Path:
            return Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="acnetrack-kinto-")))

        urls = [database.url(database.create("template0")) for _ in range(3)]
        served = Served(folder(), urls[0], WORKERS, THREADS)
        stack.callback(served.stop)
        sides: list[Side] = [Ours(served.port, page) for page in (OUR_PAGE, OUR_LARGEST_PAGE)]
        for url, name, settings in zip(urls[1:], ("by its guide", "free"), (GUIDE, FREE), strict=True):
            port = stack.enter_context(serving(folder(), url, settings, WORKERS, THREADS))
            sides.append(Kinto(port, name, settings))

        def settle() -> None:
            for url in urls:
                with psycopg.connect(url, autocommit=True) as connection:
                    for statement in SETTLED["postgresql"]:
                        connection.execute(statement.encode())

        tell(measure(sides, settle, repeats))


def tell(figures: dict[str, list[float]]) -> None:
    """Print them: of ours the usual page beside the guide's, the largest beside the largest."""
    print(f"| what | acnetrack | Kinto {VERSION} | | ahead by |\n| --- | --- | --- | --- | --- |")
    for what, (usual, largest, guide, free) in figures.items():
        for how, ours, theirs in (("by its guide", usual, guide), ("free", largest, free)):
            print(f"| {what} | {ours:.0f} ms | {theirs:.0f} ms | {how} | {theirs / ours:.1f} × |")
    print(f"\nAt least {AHEAD_AT_LEAST} ×.")


if __name__ == "__main__":
    main()
