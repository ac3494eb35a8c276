"""The server's start, memory and synchronisation, as a table.

    python -m tests.benchmarks.server [--repeats N]

Each start is a process of its own, from the command to the first page's last byte, with a new folder; memory is
that of the process once the page was served.
"""

import argparse
import json
import re
import subprocess
import sys
import time
import urllib.request
from statistics import median

import psutil

SECONDS_AT_MOST = 15
MEGABYTES_AT_MOST = 150
ROWS, BYTES_EACH = 500, 2_000


def call(url, token=None, body=None):
    """The answer's JSON."""
    headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url, data, headers)) as answer:
        return json.loads(answer.read())


def synchronise(address):
    """Seconds to push and to pull a new patient's visits with long notes."""
    account = {"email": "bench@example.org", "password": "only for the benchmark"}
    adult = {"role": "patient", "born_on": "1990-01-01", "country": "NO"}
    call(f"{address}v1/accounts", body={**account, **adult, "name": "Bench"})
    token = call(f"{address}v1/devices", body={**account, "name": "Bench"})["token"]
    timeline = call(f"{address}v1/timelines", token)["timelines"][0]["id"]
    note, when = "x" * BYTES_EACH, "2026-03-01T08:30:00+01:00"
    rows = [{"id": f"visit-{n:05}", "recorded_at": when, "guided": True, "note": note} for n in range(ROWS)]
    begun = time.perf_counter()
    assert call(f"{address}v1/timelines/{timeline}/sync", token, {"visits": {"created": rows}})["rejected"] == []
    pushed = time.perf_counter()
    page = call(f"{address}v1/timelines/{timeline}/sync?limit={ROWS}", token)
    assert len(page["changes"]["visits"]["updated"]) == ROWS
    return pushed - begun, time.perf_counter() - pushed


def measure():
    """Seconds to the first page, its process's megabytes, and seconds to push and to pull."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "server", "demo", "--port", "0"], stdout=subprocess.PIPE, text=True
    )
    try:
        output = ""
        while "Ctrl-C" not in output:
            output += process.stdout.readline()
        address = re.search(r"http://\S+", output)[0]
        urllib.request.urlopen(address).read()
        first_page = time.perf_counter() - begun
        megabytes = psutil.Process(process.pid).memory_info().rss / 2**20
        return first_page, megabytes, *synchronise(address)
    finally:
        process.terminate()
        process.wait()


def main():
    """Print the table; exit with 1 where a limit is passed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=3)
    runs = [measure() for _ in range(parser.parse_args().repeats)]
    seconds, megabytes, push, pull = map(median, zip(*runs, strict=True))
    print("| what | median | at most |\n| --- | --- | --- |")
    print(f"| start of `acnetrack demo` to first page | {seconds:.1f} s | {SECONDS_AT_MOST} s |")
    print(f"| memory of its process then | {megabytes:.0f} MB | {MEGABYTES_AT_MOST} MB |")
    print(f"| push of {ROWS} rows of 2 kB | {1000 * push:.0f} ms | |")
    print(f"| pull of {ROWS} rows of 2 kB | {1000 * pull:.0f} ms | |")
    sys.exit(seconds > SECONDS_AT_MOST or megabytes > MEGABYTES_AT_MOST)


if __name__ == "__main__":
    main()
