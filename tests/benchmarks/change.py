"""What it costs to follow a series of 104 weekly visits, in Python and in JavaScript, as a table.

    python -m tests.benchmarks.change [--repeats N]

A year's course and its stop are entered. Each figure is the median of the repeats, after one that does not count; the
JavaScript is the released bundle's, by Node.js, and is left out where there is none.
"""

import argparse
import json
import random
import shutil
import subprocess
import time
from statistics import median

from mobile_models.bundle import RELEASED, Bundle
from mobile_models.series.follow import follow, look_back, run
from mobile_models.series.kalman import Setting
from mobile_models.series.verdict import tell
from mobile_models.series.visits import Visit

VISITS, CHANGES = 104, [0.0, 52.0]
AT_MOST = {
    "filter of 104 visits": {"Python": 10},
    "one new visit with recent": {"Python": 10},
    "a whole history with recent": {"Python": 500, "JavaScript": 50},
    "every verdict of the latest visit": {},
}
SCRIPT = """
import {pathToFileURL} from 'node:url'
const {follow} = await import(pathToFileURL(process.argv[1]))
const {table, visits, changes, repeats} = JSON.parse(process.argv[2])
const took = []
for (let i = 0; i <= repeats; i++) {
  const began = performance.now()
  follow(table, visits, changes)
  took.push(performance.now() - began)
}
console.log(JSON.stringify(took.slice(1)))
"""


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.change", description=__doc__)
    parser.add_argument("--repeats", type=int, default=20)
    repeats = parser.parse_args().repeats
    bundle, noise = Bundle.open(), random.Random(0)
    visits = [Visit(week - 2, 20 * noise.uniform(0.5, 1.5), 1.9) for week in range(VISITS)]
    constants, setting = bundle.change, Setting.of(visits, CHANGES)
    of = {
        "filter of 104 visits": lambda: run(visits, constants, setting),
        "one new visit with recent": lambda: (run(visits, constants, setting), look_back(visits, constants)),
        "a whole history with recent": lambda: follow(visits, CHANGES, constants=constants),
        "every verdict of the latest visit": lambda: tell(visits, CHANGES, constants=constants),
    }
    print("| what | language | median | at most |\n| --- | --- | --- | --- |")
    for what, work in of.items():
        row(what, "Python", [timed(work) for _ in range(repeats + 1)][1:])
        if "JavaScript" in AT_MOST[what] and (node := shutil.which("node")):
            asked = {
                "table": bundle.manifest["change"],
                "visits": [[visit.week, visit.count, visit.frames] for visit in visits],
                "changes": CHANGES,
                "repeats": repeats,
            }
            module = str(RELEASED / "web" / "lesions.js")
            command = [node, "--input-type=module", "-e", SCRIPT, module, json.dumps(asked)]
            row(
                what,
                "JavaScript",
                json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout),
            )


def timed(work) -> float:
    """Milliseconds that a call takes."""
    began = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - began)


def row(what: str, language: str, took: list[float]) -> None:
    """Print a row of the table."""
    most = AT_MOST[what].get(language)
    print(f"| {what} | {language} | {median(took):.1f} ms | {f'{most} ms' if most else ''} |")


if __name__ == "__main__":
    main()
