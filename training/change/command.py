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
import shutil
import sys
from pathlib import Path
from typing import Any

from mobile_models.export.measured import FILES
from mobile_models.manifest import MANIFEST, canonical
from mobile_models.series.constants import Constants
from mobile_models.tables import change_table
from training.card import write_card
from training.card.document import to_markdown
from training.card.series import verdicts
from training.change.asked import Asked


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the subcommand's options."""
    parser.add_argument("--people", type=int, default=1000, help="simulated people of each kind (1000)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--sem", type=float, default=0.45, help="error of √count of the photos (0.45: three frames)")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--into", type=Path, help="bundle, or folder that evaluate wrote, whose card is to show them")


def put_into(folder: Path, figures: dict[str, Any], plot: Path) -> None:
    """Put figures of change into what an evaluation or an export wrote, and write its card again."""
    path = next(folder / name for name in FILES if (folder / name).is_file())
    measured = json.loads(path.read_text(encoding="utf-8"))
    measured["metrics"]["change"] = figures
    dumped = canonical(measured) if path.name == MANIFEST else json.dumps(measured, indent=1, sort_keys=True).encode()
    path.write_bytes(dumped)
    shutil.copyfile(plot, folder / plot.name)
    (folder / "MODEL_CARD.md").write_text(write_card(measured), encoding="utf-8")


def run(options: argparse.Namespace) -> int:
    """Run the subcommand and return its exit code."""
    if options.people < 2 or options.sem <= 0:
        print("error: --people must be 2 or more and --sem above 0", file=sys.stderr)
        return 2
    if options.into and not any((options.into / name).is_file() for name in FILES):
        print(f"error: {options.into} holds neither {' nor '.join(FILES)}. Name a bundle's folder.", file=sys.stderr)
        return 2
    from training.change.measure import measure
    from training.change.plot import plot_change

    constants = Constants.from_manifest(change_table())
    figures = measure(constants, Asked(options.people, options.seed, options.sem))
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "change.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    page = to_markdown(verdicts({"change": figures}))
    (options.out / "change.md").write_text(page, encoding="utf-8")
    plot_change(figures, options.out / "change.png")
    if options.into:
        put_into(options.into, figures, options.out / "change.png")
    print(page)
    print(f"wrote {options.out}/: change.json, change.md and change.png")
    return 0
