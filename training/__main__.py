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
    train.add_argument("--teacher", type=Path, help="soft labels that teach wrote, to distil")
    train.add_argument("--out", type=Path, required=True)
    evaluate = commands.add_parser("evaluate", help="calibrate and measure on held-out photos; writes the model card")
    here = Path(__file__).parent
    runs = [here / "released.yaml", here / "settled.yaml"]
    evaluate.add_argument("--config", type=Path, nargs="+", default=runs, help="of every run behind the weights")
    evaluate.add_argument("--weights", type=Path, required=True, help="safetensors that training wrote")
    evaluate.add_argument("--data", type=Path, required=True, help="folder with sources.json")
    evaluate.add_argument("--rendered", type=Path, help="rendered photos of people not trained on")
    evaluate.add_argument(
        "--trained-on-rendered", type=int, default=0, help="rendered photos in training, for the card"
    )
    evaluate.add_argument("--imgsz", type=int, default=640, help="side of the square input, a multiple of 32")
    evaluate.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    return {"train": _train, "evaluate": _evaluate}[options.command](options)


def _train(options: argparse.Namespace) -> int:
    from training.config import read_config
    from training.train import build_mixture, train

    try:
        config = read_config(options.config)
        mixture = build_mixture(config, options.data, options.rendered, options.teacher)
    except (ValueError, FileNotFoundError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(train(config, mixture, options.out, options.weights))
    return 0


def _evaluate(options: argparse.Namespace) -> int:
    import json
    import tempfile

    from mobile_models.export.assemble import TABLES
    from mobile_models.export.convert import convert_float32
    from mobile_models.export.graph import PhoneGraph
    from mobile_models.export.weights import WeightsError, load_detector
    from mobile_models.zones import ZoneTable
    from training.card import write_card
    from training.config import read_config
    from training.evaluation.evaluate import fit, measure, predict_held_out
    from training.evaluation.plots import plot_counts
    from training.evaluation.predict import Runner
    from training.provenance import training_data

    try:
        runs = [read_config(path) for path in options.config]
        config = runs[0]
        oval = ZoneTable.from_manifest(json.loads((TABLES / "zones.json").read_text()))
        with tempfile.TemporaryDirectory() as scratch:
            model = Path(scratch) / "model.tflite"
            convert_float32(PhoneGraph(load_detector(options.weights), options.imgsz).eval(), options.imgsz, model)
            held = predict_held_out(Runner(model), config, options.data, options.rendered, oval)
    except (ValueError, FileNotFoundError, WeightsError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    table, fitted = fit(held)
    measured = measure(held, table, fitted)
    measured["calibration"]["input_size_px"] = options.imgsz
    measured["training"] = training_data(
        config, options.data, options.trained_on_rendered, sum(run.steps * run.batch for run in runs)
    )
    options.out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(measured, indent=1, sort_keys=True)
    (options.out / "measured.json").write_text(text + "\n")
    (options.out / "MODEL_CARD.md").write_text(write_card(json.loads(text)))
    plot_counts(fitted["inflammatory"], options.out / "counts.png")
    print(f"wrote {options.out}/measured.json, MODEL_CARD.md and counts.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
