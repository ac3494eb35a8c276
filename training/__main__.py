"""Command line of training: ``python -m training train|evaluate|…``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def main(arguments: list[str] | None = None) -> int:
    """Run one subcommand and return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m training")
    commands = parser.add_subparsers(dest="command", required=True)
    train = commands.add_parser("train", help="train the detector; resumes a run found in --out")
    train.add_argument("--config", type=Path, default=Path(__file__).parent / "released.yaml")
    train.add_argument("--data", type=Path, help="folder with sources.json")
    train.add_argument("--rendered", type=Path, help="folder drawn by python -m training.synthetic photos")
    train.add_argument("--weights", type=Path, help="safetensors to start from; random when left out")
    train.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    return _train(options)


def _train(options: argparse.Namespace) -> int:
    from training.config import read_config
    from training.train import build_mixture, train

    try:
        config = read_config(options.config)
        mixture = build_mixture(config, options.data, options.rendered)
    except (ValueError, FileNotFoundError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(train(config, mixture, options.out, options.weights))
    return 0


if __name__ == "__main__":
    sys.exit(main())
