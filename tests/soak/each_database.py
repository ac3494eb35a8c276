"""A server of its own on each database that a long proof is run on."""

import argparse
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tests.postgresql import PostgreSQL, programs
from tests.served import Served

DATABASES = ("sqlite", "postgresql")


def parser_of(description: str | None) -> argparse.ArgumentParser:
    """Return a parser of what all of these proofs are told."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", nargs="+", choices=DATABASES, default=DATABASES)
    parser.add_argument("--patients", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    return parser


def on_each(
    options: argparse.Namespace, workers: int, prove: Callable[[Served, PostgreSQL | None], Counter[str]]
) -> None:
    """Run a proof on each database and print what happened how often; where it fails, what the server said last."""
    for database in options.database:
        with tempfile.TemporaryDirectory(prefix="acnetrack-soak-") as folder:
            postgresql = durable() if database == "postgresql" else None
            try:
                url = postgresql.url(postgresql.create("template0")) if postgresql else ""
                served = Served(Path(folder), url, workers=workers)
                try:
                    counts = prove(served, postgresql)
                except AssertionError:
                    print("\n".join(served.errors[-20:]), flush=True)
                    raise
                finally:
                    served.kill()
            finally:
                if postgresql:
                    postgresql.stop()
        print(f"{database}: " + ", ".join(f"{count} {what}" for what, count in sorted(counts.items())), flush=True)


def durable() -> PostgreSQL:
    """Start a PostgreSQL that writes through to the disk, as a clinic's does."""
    folder = programs()
    assert folder, "needs Debian's postgresql"
    return PostgreSQL(folder, settings={"recovery_init_sync_method": "syncfs"})
