"""Command line of training: ``python -m training train|evaluate|…``."""

from __future__ import annotations

import argparse
import sys


def main(arguments: list[str] | None = None) -> int:
    """Run one subcommand and return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m training")
    commands = parser.add_subparsers(dest="command", required=True)
    from training import evaluate, fit_gate, inspection, simulate_change, teach, train
    from training.change import noise
    from training.evaluation import compare, sizes

    inspection.add_arguments(commands.add_parser("inspect", help="say what is in a folder of annotated photos"))
    train.add_arguments(commands.add_parser("train", help="train the detector; resumes a run found in --out"))
    words = "calibrate and measure on held-out photos; writes the model card and a page"
    evaluate.add_arguments(commands.add_parser("evaluate", help=words))
    sizes.add_arguments(commands.add_parser("sizes", help="accuracy against latency by input size and crop"))
    compare.add_arguments(commands.add_parser("compare", help="paired differences between two weights or more"))
    teach.add_arguments(commands.add_parser("teach", help="measure a teacher and write its soft labels"))
    simulate_change.add_arguments(
        commands.add_parser("change", help="what verdicts over a series tell, on simulated people")
    )
    noise.add_arguments(commands.add_parser("noise", help="a clinic's own repeats: error and fluctuation"))
    fit_gate.add_arguments(
        commands.add_parser("gate", help="fit the gate to lesions lost on degraded copies of photos")
    )
    options = parser.parse_args(arguments)
    runs = {
        "inspect": inspection.run,
        "train": train.run,
        "evaluate": evaluate.run,
        "sizes": sizes.run,
        "compare": compare.run,
        "teach": teach.run,
        "change": simulate_change.run,
        "noise": noise.run,
        "gate": fit_gate.run,
    }
    return runs[options.command](options)


if __name__ == "__main__":
    from mobile_models import console

    sys.exit(console.run("training", main))
