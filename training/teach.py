r"""Soft labels of every training photo by a teacher that was measured first.

    python -m training teach --weights runs/third/average.safetensors runs/first/average.safetensors --data DATA \
        --config training/trusted.yaml --out runs/teacher

measures the teacher beside the phone model (the first weights, as phones run them) on held-out photos, then labels
the training photos, never a held-out one. A run that was killed goes on where it stopped.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from training.config import TrainConfig, read_config
from training.distil import RECORD
from training.evaluation.compare import compare, predicted_by, write
from training.evaluation.headline import comparison_photos, headline
from training.heldout import training_photos
from training.soft_labels import label_path, write_labels
from training.teacher import FUSED_OVERLAP, VIEWS, Ensemble, View, as_predicted, label_all

MEASURED_ON = ("acne04", "acnescu", "web_mixed")
STUDENT_PX = 640
BEGUN = "begun.json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``python -m training teach``."""
    parser.add_argument("--weights", type=Path, nargs="+", required=True, help="the student's first, then others")
    parser.add_argument("--views", type=View.parse, nargs="+", default=VIEWS, help="such as 640, or 832m for mirrored")
    parser.add_argument("--config", type=Path, default=Path(__file__).parent / "trusted.yaml")
    parser.add_argument("--data", type=Path, required=True, help="folder with sources.json")
    parser.add_argument("--only-measure", action="store_true", help="write the table and no labels")
    parser.add_argument("--out", type=Path, required=True)


def run(options: argparse.Namespace) -> int:
    """Run ``python -m training teach`` and return its exit code."""
    from mobile_models.export.weights import WeightsError

    try:
        config = read_config(options.config)
        record = {
            "weights": [hashlib.sha256(path.read_bytes()).hexdigest() for path in options.weights],
            "views": [str(view) for view in options.views],
            "fused_overlap": FUSED_OVERLAP,
        }
        begin(record, options.out)
        ensemble = Ensemble(options.weights, options.views)
        if not (options.out / "teacher.md").exists():
            measure(ensemble, options.weights[0], config, options.data, options.out)
        if options.only_measure:
            return 0
        labelled = {name: label_source(ensemble, config, options.data, name, options.out) for name in config.sources}
    except (ValueError, OSError, WeightsError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    (options.out / RECORD).write_text(json.dumps({**record, "photos": labelled}, indent=1) + "\n")
    print(f"wrote the labels of {sum(labelled.values())} photos to {options.out}")
    return 0


def begin(record: Mapping[str, Any], out: Path) -> None:
    """Note which teacher labels into ``out``.

    Raises:
        ValueError: another one began there.
    """
    out.mkdir(parents=True, exist_ok=True)
    note = out / BEGUN
    if note.exists() and json.loads(note.read_text()) != record:
        raise ValueError(f"{out}: holds the labels of another teacher; give another --out, or remove it")
    note.write_text(json.dumps(record))


def measure(ensemble: Ensemble, student: Path, config: TrainConfig, data: Path, out: Path) -> None:
    """Write teacher.json's table and teacher.md: the teacher beside the phone model on held-out photos."""
    photos = comparison_photos(config, data, MEASURED_ON)
    taught = {
        name: [as_predicted(*pair) for pair in label_all(ensemble, some, f"teacher: {name}")]
        for name, some in photos.items()
    }
    rows = compare(
        {"student": headline(predicted_by(student, STUDENT_PX, photos, "student")), "teacher": headline(taught)}
    )
    views = ", ".join(str(view) for view in ensemble.views)
    say = (
        f"Teacher: {len(ensemble.models)} weights × views {views}, one-to-many branch, against the first weights alone "
    )
    write(rows, out / "teacher", f"{say}at {STUDENT_PX} px as a phone runs them. Bootstrap 95 % intervals, paired.\n\n")


def label_source(ensemble: Ensemble, config: TrainConfig, data: Path, name: str, out: Path) -> int:
    """Label a source's training photos that are not labelled yet; return how many there are."""
    photos = [photo for photo in training_photos(config, data, name) if not photo.background.all() or len(photo.boxes)]
    missing = [photo for photo in photos if not label_path(out, photo).exists()]
    for photo, labels in label_all(ensemble, missing, name):
        write_labels(labels, label_path(out, photo))
    return len(photos)
