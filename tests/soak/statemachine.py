"""Phones, people, networks and operators at random, for long: the machine of `tests/server/sync/model`.

    python -m tests.soak.statemachine [--steps 100000] [--database sqlite postgresql] [--wire services http] [--seed 1]

The steps are shared out among the databases and the ways to reach the server; each series begins with another seed, and
the shortest way to anything that is found is printed with it.
"""

import argparse
import logging
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.postgresql import PostgreSQL, programs
from tests.server.sync.model.running import run
from tests.server.sync.model.site import PostgreSQLDatabase, Site, SqliteFile
from tests.server.sync.model.wire import FlaskWire, ServiceWire

WIRES = {"services": lambda site: ServiceWire(site.app), "http": lambda site: FlaskWire(site.app)}
STEPS_AT_ONCE = 1000


def main(argv: Sequence[str] | None = None) -> None:
    """Run the steps and print how many of them there were. Raises Violation where a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=100_000)
    parser.add_argument("--database", nargs="+", choices=["sqlite", "postgresql"], default=["sqlite", "postgresql"])
    parser.add_argument("--wire", nargs="+", choices=list(WIRES), default=list(WIRES))
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(argv)
    logging.disable(logging.CRITICAL)  # A line for each request would be millions.
    program_folder = programs()
    if "postgresql" in options.database and program_folder is None:
        parser.error("PostgreSQL is not installed; install it, or give --database sqlite.")
    server = PostgreSQL(program_folder) if program_folder and "postgresql" in options.database else None
    try:
        with tempfile.TemporaryDirectory(prefix="acnetrack-soak-") as folder:
            _run_all(options, Path(folder), server)
    finally:
        logging.disable(logging.NOTSET)
        if server:
            server.stop()


def _run_all(options: argparse.Namespace, folder: Path, server: PostgreSQL | None) -> None:
    sites = {}
    for name in options.database:
        (folder / name).mkdir()
        database = PostgreSQLDatabase(server) if name == "postgresql" and server else SqliteFile(folder / name)
        sites[name] = Site(database, folder / name)
    ways = [(name, wire) for name in options.database for wire in options.wire]
    done, series, begun = 0, options.seed, time.monotonic()
    while done < options.steps:
        name, wire = ways[series % len(ways)]
        done += run(sites[name], WIRES[wire], min(STEPS_AT_ONCE, options.steps - done), series)
        seconds = time.monotonic() - begun
        print(f"{done:>7} of {options.steps} steps, {seconds:.0f} s; last: {name}, {wire}, seed {series}", flush=True)
        series += 1


if __name__ == "__main__":
    main()
