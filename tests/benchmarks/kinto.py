"""Synchronising small records beside Kinto 26.5.0 on the same PostgreSQL, as a table.

    python -m tests.benchmarks.kinto [--repeats N]

Each server has a database of one PostgreSQL that writes through to the disk, and as many gunicorn workers and threads
as the others. One client sends each the same records over a connection, and all take turns; figures are medians
without the first turn, ratios are of these. Making a request's JSON is not counted, reading an answer's is.

Kinto runs twice: "by its guide" to production (accounts, everything in PostgreSQL, 25 requests a batch, 100 records a
page), and "free" of all that can be turned off or raised (credentials that are hashed and nowhere looked up, its cache
in memory, no log, one batch and with it one transaction a push, as many records a page as we give). It is sent a
record as its own client sends it: a PUT that creates it or fails. What it spares itself in both: it checks no column
of a record, and gives its three collections without an order among them. What is more work for us also: null columns
that the phone left out come back.

The first run installs Kinto from PyPI under `build/`, in a virtual environment of its own.
"""

import argparse
import base64
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
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
OUR_PAGE, LARGEST_PAGE = 1_000, 10_000

Tables = dict[str, list[dict[str, Any]]]
Turn = Callable[[int], float]


class Side(Protocol):
    """One server, asked by one client."""

    def person(self, name: str) -> None:
        """Go on as somebody new, who has no records."""

    def hang_up(self) -> None:
        """Close the connection, as a phone does between two synchronisations."""

    def push(self, tables: Tables) -> float:
        """Return the seconds that it takes."""

    def pull(self, page: int) -> tuple[float, Tables]:
        """Return the seconds of a first pull with so many records a page, and what came."""


class Ours:
    """acnetrack."""

    def __init__(self, port: int) -> None:
        self._port = port

    def person(self, name: str) -> None:
        self._phone = Phone(self._port, f"{name}@example.org")
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

    def pull(self, page: int) -> tuple[float, Tables]:
        begun, pages, cursor, more = time.perf_counter(), [], 0, True
        while more:
            answer = self._phone.pull(cursor, page)
            pages.append(answer["changes"])
            cursor, more = answer["timestamp"], answer["has_more"]
        seconds = time.perf_counter() - begun
        return seconds, {name: [row for each in pages for row in each[name]["updated"]] for name in pages[0]}


class Kinto:
    """Kinto: a bucket for each person, a collection for each table."""

    def __init__(self, port: int, settings: dict[str, Any]) -> None:
        self._port, self._settings = port, settings

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

    def pull(self, page: int) -> tuple[float, Tables]:
        begun = time.perf_counter()
        found = {table: list(self._rows(table, page)) for table in records(0, "")}
        return time.perf_counter() - begun, found

    def _rows(self, table: str, page: int) -> Iterator[dict[str, Any]]:
        path: str | None = f"{self._bucket}/collections/{table}/records?_since=0&_limit={page}"
        while path:
            answer, headers = self._ask("GET", path)
            yield from answer["data"]
            path = _path(headers["Next-Page"]) if "Next-Page" in headers else None

    def _ask(self, method: str, path: str, body: Any = None) -> tuple[dict[str, Any], dict[str, str]]:
        status, headers, said = self._phone.send(method, path, body, self._headers)
        assert status in (200, 201), said
        return json.loads(said), headers


def _path(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def in_turn(turns: Sequence[tuple[Side, Turn]], repeats: int) -> list[float]:
    """Return the median milliseconds of each, all in turn with the number of the round, without the first round."""
    seconds: list[list[float]] = [[] for _ in turns]
    for number in range(repeats + 1):
        for spent, (side, turn) in zip(seconds, turns, strict=True):
            side.hang_up()
            spent.append(turn(number))
    return [1000 * median(spent[1:]) for spent in seconds]


def same(sent: Tables, came: Tables) -> bool:
    """Whether every record sent came back, each column of it as it was, and no other record."""
    for name, rows in sent.items():
        found = {row["id"]: row for row in came[name]}
        if len(found) != len(rows) or any(not row.items() <= found[row["id"]].items() for row in rows):
            return False
    return True


def pushing(ours: Side, guide: Side, free: Side, repeats: int) -> None:
    """Print the rows of a push."""

    def turn(side: Side) -> tuple[Side, Turn]:
        side.person("pushes")
        return side, lambda number: side.push(records(PUSHED, f"push-{number}"))

    ms, by_guide, freely = in_turn([turn(side) for side in (ours, guide, free)], repeats)
    tell(f"push of {PUSHED:,} records", "at once", ms, "25 a batch", by_guide)
    tell(f"push of {PUSHED:,} records", "at once", ms, "free, at once", freely)


def pulling(ours: Side, guide: Side, free: Side, repeats: int, settle: Callable[[], None]) -> None:
    """Print the rows of a first pull; `settle` ends the databases' own work on the records."""
    parts = [records(PUSHED, f"first-{number}") for number in range(PULLED // PUSHED)]
    sent = {name: [row for part in parts for row in part[name]] for name in parts[0]}
    for side in (ours, guide, free):
        side.person("pulls")
        for part in parts:
            side.push(part)
    settle()

    def turn(side: Side, page: int) -> tuple[Side, Turn]:
        side.hang_up()
        assert same(sent, side.pull(page)[1])
        return side, lambda _: side.pull(page)[0]

    asked = (ours, OUR_PAGE), (ours, LARGEST_PAGE), (guide, GUIDE["page"]), (free, OUR_PAGE), (free, LARGEST_PAGE)
    usual, largest, by_guide, same_page, freely = in_turn([turn(*each) for each in asked], repeats)
    what = f"first pull of {PULLED:,}"
    tell(what, f"{OUR_PAGE:,} a page", usual, f"{GUIDE['page']} a page", by_guide)
    tell(what, f"{OUR_PAGE:,} a page", usual, f"free, {OUR_PAGE:,} a page", same_page)
    tell(what, f"{LARGEST_PAGE:,} a page", largest, f"free, {LARGEST_PAGE:,} a page", freely)


def tell(what: str, how: str, ours: float, kinto_is: str, theirs: float) -> None:
    """Print one comparison."""
    print(f"| {what} | {ours:.0f} ms, {how} | {theirs:.0f} ms, {kinto_is} | {theirs / ours:.1f} × |", flush=True)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=5)
    repeats = parser.parse_args().repeats
    if (program_folder := programs()) is None:
        print("PostgreSQL is not here: apt-get install postgresql")
        return
    with ExitStack() as stack:
        database = PostgreSQL(program_folder, settings={})
        stack.callback(database.stop)
        urls = [database.url(database.create("template0")) for _ in range(3)]
        folders = [Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="acnetrack-kinto-"))) for _ in urls]
        served = Served(folders[0], urls[0], WORKERS, THREADS)
        stack.callback(served.stop)
        guide, free = (
            Kinto(stack.enter_context(serving(folder, url, settings, WORKERS, THREADS)), settings)
            for folder, url, settings in zip(folders[1:], urls[1:], (GUIDE, FREE), strict=True)
        )

        def settle() -> None:
            for url in urls:
                with psycopg.connect(url, autocommit=True) as connection:
                    for statement in SETTLED["postgresql"]:
                        connection.execute(statement.encode())

        ours = Ours(served.port)
        print(f"| what | acnetrack | Kinto {VERSION} | ahead by |\n| --- | --- | --- | --- |")
        pushing(ours, guide, free, repeats)
        pulling(ours, guide, free, repeats, settle)
        print(f"\nAt least {AHEAD_AT_LEAST} ×.")


if __name__ == "__main__":
    main()
