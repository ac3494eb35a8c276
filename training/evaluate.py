"""``python -m training evaluate``: calibrate a detector on held-out photos, measure it there, and say so.

    python -m training evaluate --weights runs/third/average.safetensors --data DATA --rendered HELD --out measured
    python -m training evaluate --weights clinic.safetensors --folder CLINIC --out measured

writes ``measured.json`` (calibration, minimal detectable change, figures), which ``export.py`` puts into the
bundle, the same in words (``MODEL_CARD.md``), as plots, and all in one page (``evaluation.html``).
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from mobile_models.calibration import Calibration
from mobile_models.errors import AssessmentError
from mobile_models.lesions import MEASURES
from mobile_models.tables import grading_tables, zone_table
from mobile_models.zones import ZoneTable
from training.card.choices import size_for_card, training_for_card
from training.card.write import write_all
from training.change.figures import ChangeFigures
from training.checkpoint import trained_from_nothing
from training.config import TrainConfig, read_config
from training.datasets.photo import AnnotatedPhoto
from training.evaluation.compare import Comparison
from training.evaluation.fit import count, out_of_fold_calibrations
from training.evaluation.held import folder_held_out, photos_held_out, predict_held
from training.evaluation.learning import read_losses
from training.evaluation.measure import measure
from training.evaluation.measured import Measured
from training.evaluation.plan import Plan, plan_of_folder, read_plan
from training.evaluation.predict import Predicted, Runner
from training.evaluation.sizes import Sizes
from training.evaluation.trend import trend_figures
from training.evaluation.trend_cases import read_cases
from training.evaluation.trend_pairs import Counter, measure_pairs
from training.evaluation.trend_plot import plot_trend
from training.evaluation.views import assess_before_release, view_figures
from training.heldout import of_all_runs
from training.json_form import from_json
from training.provenance import training_data

TRAINING = Path(__file__).parent
RUNS = [TRAINING / name for name in ("released.yaml", "settled.yaml", "trusted.yaml")]
CLINIC = [TRAINING / "clinic.yaml"]
Photos = dict[str, list[AnnotatedPhoto]]
OUTPUTS = "measured.json, MODEL_CARD.md, evaluation.html and the plots"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the subcommand's options."""
    parser.add_argument("--weights", type=Path, required=True, help="safetensors that training wrote")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--data", type=Path, help="folder with sources.json")
    source.add_argument("--folder", type=Path, help="a clinic's own photos, of which the held-out part is measured")
    parser.add_argument("--config", type=Path, nargs="+", help="of every run behind the weights, the first one first")
    parser.add_argument("--plan", type=Path, default=TRAINING / "evaluation" / "released.yaml", help="used with --data")
    parser.add_argument("--rendered", type=Path, help="rendered photos of people not trained on")
    parser.add_argument("--views", type=Path, help="rendered visits: python -m training.synthetic views")
    parser.add_argument("--trained-on-rendered", type=int, default=0, help="rendered photos in training, for the card")
    parser.add_argument("--learning-curve", type=Path, nargs="+", default=[], help="folders of the training runs")
    parser.add_argument("--sizes", type=Path, help="what python -m training sizes wrote, for the card")
    parser.add_argument("--compared", type=Path, help="what python -m training compare wrote, for the card")
    parser.add_argument("--change", type=Path, help="what python -m training change wrote, for the card")
    parser.add_argument("--released-as", default="released", help="these weights' name in --compared")
    parser.add_argument("--without-trend", action="store_true", help="leave out the edited photos, which take longest")
    parser.add_argument("--imgsz", type=int, default=640, help="side of the square input, a multiple of 32")
    parser.add_argument("--out", type=Path, required=True)


def run(options: argparse.Namespace) -> int:
    """Run the subcommand and return its exit code."""
    from mobile_models.export.weights import WeightsError

    try:
        measured = evaluate(options)
    except (ValueError, FileNotFoundError, WeightsError, AssessmentError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(f"wrote {options.out}/: {OUTPUTS}; {measured.metrics.photos} photos measured")
    return 0


def evaluate(options: argparse.Namespace) -> Measured:
    """Measure, write every output and return what ``measured.json`` holds."""
    from mobile_models.export.convert import convert_float32
    from mobile_models.export.graph import PhoneGraph
    from mobile_models.export.weights import load_detector

    losses, others = read_losses(options.learning_curve), _choices(options)
    runs = [read_config(path) for path in options.config or (CLINIC if options.folder else RUNS)]
    plan, photos, own = _what(options, of_all_runs(runs))
    random_start = bool(own) and trained_from_nothing(options.weights, runs[-1], own[0].source, len(own))
    sizes = {name: len(some) for name, some in photos.items()}
    training = training_data(runs, options.data, own, options.trained_on_rendered, random_start, sizes)
    oval = ZoneTable.from_manifest(zone_table())
    with tempfile.TemporaryDirectory() as scratch:
        model, written = Path(scratch) / "model.tflite", Path(scratch) / "written"
        written.mkdir()
        convert_float32(PhoneGraph(load_detector(options.weights), options.imgsz).eval(), options.imgsz, model)
        runner = Runner(model)
        held = predict_held(runner, photos, options.rendered, oval)
        calibrations = out_of_fold_calibrations([measured for some in held.values() for measured in some], plan)
        measured = measure(held, plan, grading_tables(), calibrations, training, options.imgsz)
        if options.views:
            phone = assess_before_release(model, measured.calibration)
            others["views"] = view_figures(phone, options.views, oval)
        if plan.trend and not options.without_trend:
            edited = {name: photos[name] for name in plan.trend}
            pairs = measure_pairs(runner, edited, counter(calibrations), read_cases())
            others["trend"] = trend_figures(pairs)
            plot_trend(pairs, written / "trend.png")
        if options.sizes:
            shutil.copy(options.sizes / "sizes.png", written)
        if options.change:
            shutil.copy(options.change / "change.png", written)
        measured = replace(measured, metrics=replace(measured.metrics, **others))
        measured = write_all(measured, losses, written)
        shutil.copytree(written, options.out, dirs_exist_ok=True)
    return measured


def counter(calibrations: Mapping[str, Calibration]) -> Counter:
    """Return what counts a photo by the calibration that its group had no part in."""

    def expected(predicted: Predicted) -> dict[str, float]:
        counts = count(predicted, calibrations[predicted.photo.group]).counts
        return {measure: counts[measure].expected for measure in MEASURES}

    return expected


def _choices(options: argparse.Namespace) -> dict[str, Any]:
    """Return parts of ``Metrics`` that were measured of these weights before: input sizes, and other trainings."""
    figures: dict[str, Any] = {}
    if options.sizes:
        figures["sizes"] = size_for_card(from_json(Sizes, json.loads((options.sizes / "sizes.json").read_text())))
    if options.change:
        figures["change"] = from_json(ChangeFigures, json.loads((options.change / "change.json").read_text()))
    if options.compared:
        rows = json.loads((options.compared / "compare.json").read_text())
        figures["compared"] = training_for_card([from_json(Comparison, row) for row in rows], options.released_as)
    return figures


def _what(options: argparse.Namespace, config: TrainConfig) -> tuple[Plan, Photos, list[AnnotatedPhoto]]:
    """Return the plan, the photos to measure by source, and what was trained on of a folder of one's own."""
    if options.folder is None:
        plan = read_plan(options.plan)
        return plan, photos_held_out(config, plan, options.data), []
    trained, held = folder_held_out(options.folder, config)
    name = held[0].source
    return plan_of_folder(name), {name: held}, trained
