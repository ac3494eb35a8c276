"""What synchronising costs beside the bare database, and where the time goes, as tables.

    python -m tests.benchmarks.sync [--repeats N] [--rows N,N,N] [--database sqlite|postgresql]

The application is called in this process, everything between the request's bytes and the answer's included. The bare
side is SQLAlchemy Core on the same engine: the same rows inserted in one transaction, or selected with all their
columns. Both sides take turns; figures are medians, ratios are of these. Databases write through to the disk.
"""

import argparse
import json
import tempfile
import time
from collections import Counter
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from statistics import median, quantiles
from unittest import mock

from sqlalchemy import insert, select, text, update
from sqlalchemy.orm import Session

from server.application.factory import create_app
from server.foundation import db
from server.foundation.config import Config
from server.foundation.http import api
from server.migrations.runner import upgrade
from server.sync import pull as pulling
from server.sync.batch import Batch
from server.sync.log import Slice
from server.sync.part import Part
from server.sync.tables import TABLES
from server.timeline.daily_life import CheckIn
from server.timeline.models import Timeline
from tests.postgresql import PostgreSQL, programs

PUSHED, PULLED, PAGE = 1_000, 10_000, 1_000
PUSH_AT_MOST, PULL_AT_MOST, GROWTH_AT_MOST = 8, 4, 1.2
WHEN = "2026-03-01T08:30:00+01:00"
FILLED_AT_ONCE = 10_000

SETTLED = {
    "sqlite": ("ANALYZE",),
    "postgresql": ("VACUUM ANALYZE", "CHECKPOINT"),
}
"""What ends the database's own work on rows just written, which would be measured with the pulls."""

STAGES = {
    "parse the body": [(api, "parse_json")],
    "validate": [(Part, "__init__")],
    "look up": [(Part, "fetch")],
    "decide": [(Part, "write")],
    "write": [(Batch, "flush"), (Session, "commit")],
    "find the page": [(pulling, "read")],
    "JSON of the answer": [(api.StrictJson, "dumps")],
}


def records(total, mark):
    """Small records by table, as a phone pushes them: doses, how the skin feels, visits."""
    shares = {"intakes": total // 2, "check_ins": 2 * total // 5, "visits": total // 10}
    columns = {
        "intakes": {"course_id": "course-0001", "taken": True, "amount": "1 tablet"},
        "check_ins": {"itch": 3, "pain": 1, "mood": 7, "note": "Less red than yesterday."},
        "visits": {"guided": True, "note": None},
    }
    return {
        name: [{"id": f"{mark}-{name}-{n:06}", "recorded_at": WHEN, **columns[name]} for n in range(share)]
        for name, share in shares.items()
    }


class Phone:
    """One patient's device, calling the application."""

    def __init__(self, app):
        self.client = app.test_client()
        account = {"email": "bench@example.org", "password": "only for the benchmark"}
        more = {"name": "Bench", "role": "patient", "born_on": "1990-01-01", "country": "NO"}
        assert self.client.post("/v1/accounts", json={**account, **more}).status_code == 201
        token = self.client.post("/v1/devices", json={**account, "name": "Bench"}).json["token"]
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self.timeline = self.client.get("/v1/timelines", headers=self.headers).json["timelines"][0]["id"]
        self.address = f"/v1/timelines/{self.timeline}/sync"

    def push(self, tables):
        """Seconds that it takes."""
        body = json.dumps({name: {"created": rows} for name, rows in tables.items()}).encode()
        begun = time.perf_counter()
        answer = self.client.post(self.address, data=body, headers=self.headers)
        seconds = time.perf_counter() - begun
        assert answer.json["rejected"] == []
        return seconds

    def head(self):
        """The newest cursor."""
        return self.client.get("/v1/timelines", headers=self.headers).json["timelines"][0]["cursor"]

    def first_page(self):
        """Seconds until the first page is here."""
        begun = time.perf_counter()
        page = self.client.get(f"{self.address}?limit={PAGE}", headers=self.headers)
        seconds = time.perf_counter() - begun
        assert len(page.json["changes"]["check_ins"]["updated"]) == PAGE
        return seconds

    def pull(self, cursor=0, etag=None, limit=PULLED):
        """Seconds until every page is here, and the rows in them."""
        headers = {**self.headers, **({"If-None-Match": etag} if etag else {})}
        rows, more, begun, answers = 0, True, time.perf_counter(), []
        while more:
            answer = self.client.get(f"{self.address}?last_pulled_at={cursor}&limit={limit}", headers=headers)
            answers.append(answer.data)
            page = {"has_more": False, "timestamp": cursor} if answer.status_code == 304 else None
            more = page is None and b'"has_more":true' in answer.data
            cursor = json.loads(answer.data)["timestamp"] if more else cursor
        seconds = time.perf_counter() - begun
        for data in filter(None, answers):
            rows += sum(len(table["updated"]) for table in json.loads(data)["changes"].values())
        return seconds, rows


def bare_insert(engine, timeline_id, tables):
    """Seconds to insert the rows, and nothing else."""
    rev, kept = 10**9 + time.monotonic_ns() % 10**15, {}
    for table in TABLES:
        for row in tables.get(table.name, ()):
            rev += 1
            place = {"timeline_id": timeline_id, "rev": rev, "deleted": False, "device_id": "bare"}
            kept.setdefault(table, []).append({**dict.fromkeys(table.columns), **row, **place})
    begun = time.perf_counter()
    with engine.begin() as connection:
        for table, rows in kept.items():
            connection.execute(insert(table.stored), rows)
    return time.perf_counter() - begun


def bare_select(engine, timeline_id):
    """Seconds to read the timeline's rows, every column of them."""
    begun, found = time.perf_counter(), 0
    with engine.connect() as connection:
        for table in TABLES:
            query = select(table.stored).where(table.stored.c.timeline_id == timeline_id)
            found += len(connection.execute(query.order_by(table.stored.c.rev)).all())
    return time.perf_counter() - begun, found


@contextmanager
def timed(spent):
    """Add to `spent` the seconds in each stage."""

    def counting(stage, original):
        def call(*args, **kwargs):
            begun = time.perf_counter()
            try:
                return original(*args, **kwargs)
            finally:
                spent[stage] += time.perf_counter() - begun

        return call

    rows = Slice.rows

    def materialised(page, table):
        begun = time.perf_counter()
        found = list(rows(page, table))
        spent["read the rows"] += time.perf_counter() - begun
        return found

    with ExitStack() as stack:
        stack.enter_context(mock.patch.object(Slice, "rows", materialised))
        for stage, places in STAGES.items():
            for owner, name in places:
                stack.enter_context(mock.patch.object(owner, name, counting(stage, getattr(owner, name))))
        yield


def breakdown(call, repeats):
    """Milliseconds of one call by stage, the rest last."""
    spent, seconds = Counter(), 0.0
    with timed(spent):
        for number in range(repeats):
            seconds += call(number)
    parts = {stage: 1000 * each / repeats for stage, each in spent.items()}
    return {**parts, "everything else": 1000 * seconds / repeats - sum(parts.values())}


def fill(engine, phone, rows_wanted):
    """Bring the timeline to so many check-ins, without the server."""
    with engine.begin() as connection:
        for start in range(0, rows_wanted, FILLED_AT_ONCE):
            revs = range(start + 1, min(start + FILLED_AT_ONCE, rows_wanted) + 1)
            place = {"timeline_id": phone.timeline, "deleted": False, "recorded_at": WHEN}
            rows = [{**place, "id": f"filled-{rev:08}", "rev": rev} for rev in revs]
            connection.execute(insert(CheckIn), rows)
        connection.execute(update(Timeline).where(Timeline.id == phone.timeline).values(seq=rows_wanted))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in SETTLED[engine.dialect.name]:
            connection.execute(text(statement))
        connection.commit()


def started(url, folder):
    """The application on a new database, and a patient's phone."""
    upgrade(db.connect(url))
    app = create_app(Config(database_url=url, photo_dir=folder / "photos", key_dir=folder / "keys"))
    return app.extensions["acnetrack.engine"], Phone(app)


def pushing(engine, phone, repeats):
    """Print what a push costs."""
    pushes, inserts = [], []
    for n in range(repeats + 1):
        pushes.append(phone.push(records(PUSHED, f"push-{n}")))
        inserts.append(bare_insert(engine, phone.timeline, records(PUSHED, f"bare-{n}")))
    stages = breakdown(lambda n: phone.push(records(PUSHED, f"again-{n}")), repeats)
    tell(f"push {PUSHED} records", pushes, inserts, PUSH_AT_MOST, stages)


def pulling_all(engine, phone, repeats):
    """Print what a first pull costs."""
    phone.push(records(PULLED, "first"))
    pulls, selects = [], []
    for _ in range(repeats + 1):
        seconds, rows = phone.pull()
        pulls.append(seconds)
        seconds, found = bare_select(engine, phone.timeline)
        selects.append(seconds)
        assert rows == found == PULLED, (rows, found)
    tell(f"first pull of {PULLED}", pulls, selects, PULL_AT_MOST, breakdown(lambda n: phone.pull()[0], repeats))


def tell(what, server, bare, at_most, stages):
    """Print one comparison, without the first turn of each side, and where the server's time goes."""
    ours, theirs = (1000 * median(each[1:]) for each in (server, bare))
    print("| what | server | bare | ratio | at most |\n| --- | --- | --- | --- | --- |")
    print(f"| {what} | {ours:.1f} ms | {theirs:.1f} ms | {ours / theirs:.1f} | {at_most} |\n")
    whole = sum(stages.values())
    print("| where the time goes | ms | share |\n| --- | --- | --- |")
    print("\n".join(f"| {stage} | {ms:.1f} | {ms / whole:.0%} |" for stage, ms in stages.items()) + "\n")


def nothing_new(phones, repeats):
    """Print what a pull costs by the rows in the timeline; the timelines, one a database, take turns.

    Figures are lower quartiles: a pull takes a millisecond, and a busy machine takes the processor away for more.
    """
    heads = {size: phone.head() for size, phone in phones.items()}
    kinds = [
        lambda phone, head: phone.pull(head)[0],
        lambda phone, head: phone.pull(head, f'"{head}"')[0],
        lambda phone, head: phone.pull(head - 1)[0],
        lambda phone, _head: phone.first_page(),
    ]
    spent = {size: [[] for _ in kinds] for size in phones}
    for number, kind in enumerate(kinds):
        for _ in range(repeats):
            for size, phone in phones.items():
                spent[size][number].append(kind(phone, heads[size]))
    medians = {size: [1000 * quantiles(each)[0] for each in some] for size, some in spent.items()}
    least = medians[min(medians)][0]
    print(f"| rows | nothing new | 304 | one new row | first {PAGE} | nothing new, to {min(medians):,} rows |")
    print("| --- | --- | --- | --- | --- | --- |")
    for size, figures in medians.items():
        each = " | ".join(f"{ms:.2f} ms" for ms in figures)
        print(f"| {size:,} | {each} | {figures[0] / least:.2f} × |")
    print(f"\nAt most {GROWTH_AT_MOST} ×.")


def measure(name, new_database, repeats, sizes):
    """Print one kind of database's tables; `new_database` returns the address of an empty one."""
    print(f"\n## {name}\n")
    with tempfile.TemporaryDirectory() as folder:
        for part in (pushing, pulling_all):
            part(*started(new_database(), Path(folder, part.__name__)), repeats)
        phones = {}
        for size in sizes:
            engine, phones[size] = started(new_database(), Path(folder, str(size)))
            fill(engine, phones[size], size)
        nothing_new(phones, 10 * repeats)


def main():
    """Print the tables of each database that is here."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--rows", default="1000,100000,1000000")
    parser.add_argument("--database", choices=["sqlite", "postgresql"])
    chosen = parser.parse_args()
    sizes = [int(size) for size in chosen.rows.split(",")]
    numbers = count(1)
    if chosen.database != "postgresql":
        with tempfile.TemporaryDirectory() as folder:
            measure("SQLite", lambda: f"sqlite:///{folder}/{next(numbers)}.db", chosen.repeats, sizes)
    if chosen.database != "sqlite":
        if (program_folder := programs()) is None:
            print("\nPostgreSQL is not here: apt-get install postgresql")
            return
        server = PostgreSQL(program_folder, settings={})
        try:
            measure("PostgreSQL", lambda: server.url(server.create("template1")), chosen.repeats, sizes)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
