"""``python -m training change``: what the verdicts of a series can tell, on simulated people.

    python -m training change --out runs/change
    python -m training change --people 100 --out /tmp/quick

    python -m training change --out runs/change --into mobile_models/released
    python export.py renew mobile_models/released

writes ``change.json`` (figures, which ``training evaluate --change`` puts into the card), ``change.md`` (the tables
that the card shows) and ``change.png``. ``--into`` puts them into the card of what was evaluated or exported before.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from mobile_models.series.constants import Constants
from mobile_models.tables import change_table
from training.card.card import write_section
from training.card.write import measured_file, put_into
from training.change.asked import Asked
from training.change.measure import measure
from training.change.plot import plot_change
from training.json_form import to_json


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the subcommand's options."""
    parser.add_argument("--people", type=int, default=1000, help="simulated people of each kind (1000)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--sem", type=float, default=0.45, help="error of √count of the photos (0.45: three frames)")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--into", type=Path, help="bundle, or folder that evaluate wrote, whose card is to show them")


def run(options: argparse.Namespace) -> int:
    """Run the subcommand and return its exit code."""
    if options.people < 2 or options.sem <= 0:
        print("error: --people must be 2 or more and --sem above 0", file=sys.stderr)
        return 2
    try:
        if options.into:
            measured_file(options.into)
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    constants = Constants.from_manifest(change_table())
    figures = measure(constants, Asked(options.people, options.seed, options.sem))
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "change.json").write_text(json.dumps(to_json(figures), indent=1) + "\n", encoding="utf-8")
    page = write_section("verdicts.md", change=figures)
    (options.out / "change.md").write_text(page, encoding="utf-8")
    plot_change(figures, options.out / "change.png")
    if options.into:
        put_into(options.into, {}, {"change": to_json(figures)}, options.out / "change.png")
    print(page)
    print(f"wrote {options.out}/: change.json, change.md and change.png")
    return 0
