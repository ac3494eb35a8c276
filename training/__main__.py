"""Command line of training: ``python -m training train|evaluate|…``."""

from __future__ import annotations

import sys
from importlib import import_module

from mobile_models import console

COMMANDS = {
    "inspect": ("training.inspection", "say what is in a folder of annotated photos"),
    "train": ("training.train", "train the detector; resumes a run found in --out"),
    "evaluate": (
        "training.evaluate",
        "calibrate and measure on held-out photos; writes the model card and a page",
    ),
    "sizes": ("training.evaluation.sizes", "accuracy against latency by input size and crop"),
    "compare": ("training.evaluation.compare", "paired differences between two weights or more"),
    "teach": ("training.teach", "measure a teacher and write its soft labels"),
    "change": ("training.simulate_change", "what verdicts over a series tell, on simulated people"),
    "noise": ("training.change.noise", "a clinic's own repeats: error and fluctuation"),
    "gate": ("training.fit_gate", "fit the gate to lesions lost on degraded copies of photos"),
}
"""The module of each, with `add_arguments` and `run`; only what is asked for is imported, for some take seconds."""


def main(arguments: list[str] | None = None) -> int:
    """Run one subcommand and return its exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    parser = console.Parser(prog="python -m training")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, (module, words) in COMMANDS.items():
        command = commands.add_parser(name, help=words)
        if given[:1] == [name]:
            import_module(module).add_arguments(command)
    options = parser.parse_args(given)
    return int(import_module(COMMANDS[options.command][0]).run(options))


if __name__ == "__main__":
    sys.exit(console.run("training", main))
