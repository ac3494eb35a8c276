"""The training loop: seeded, resumable after a kill, in bfloat16 where it is quick, on one process or several.

python -m training train --folder CLINIC --out runs/clinic
python -m training train --config training/released.yaml --data DATA --weights START --out runs/first

A run that was killed goes on from its last checkpoint to the same weights, bit for bit, as if it had not been: batches
depend on the step alone. That holds on one machine and number of threads; elsewhere sums round differently. Nothing
here has been run on a GPU.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from training.checkpoint import check_same_run, write_run
from training.config import TrainConfig, read_config
from training.datasets.photo import AnnotatedPhoto
from training.datasets.rendered import read_rendered
from training.distil import Teacher
from training.distributed import rank_and_size, team
from training.folder_options import add_folder_options, open_for_training
from training.heldout import split_photos, training_photos
from training.learner import Learner
from training.mixture import Ingredient, Mixture
from training.run_log import RunLog

HERE = Path(__file__).parent


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what ``train`` takes."""
    parser.add_argument("--config", type=Path, help="knobs; clinic.yaml with --folder, else released.yaml")
    parser.add_argument("--folder", type=Path, help="labelled photos of one's own, in any format that inspect reads")
    parser.add_argument("--data", type=Path, help="folder with sources.json")
    parser.add_argument(
        "--rendered", type=Path, nargs="+", default=[], help="folders drawn by python -m training.synthetic"
    )
    parser.add_argument("--weights", type=Path, help="safetensors to start from; random when left out")
    parser.add_argument("--teacher", type=Path, help="soft labels that teach wrote, to distil")
    parser.add_argument("--device", help="auto, cpu, cuda or cuda:N; in place of the configuration's")
    parser.add_argument("--out", type=Path, required=True)
    add_folder_options(parser)


def run(options: argparse.Namespace) -> int:
    """Train as the options say; return the exit code."""
    leads = rank_and_size()[0] == 0
    try:
        config = read_config(options.config or HERE / ("clinic.yaml" if options.folder else "released.yaml"))
        if options.device:
            config = replace(config, device=options.device)
        own = open_for_training(options.folder, options) if options.folder else None
        photos = own.photos if own else []
        mixture = build_mixture(config, options.data, options.rendered, options.teacher, photos)
        if leads:
            print(mixture.summary())
        if leads and own and config.folder:
            held, left = split_photos(photos, config.folder.held_out)[1], len(own.notes) + len(own.unreadable)
            print(f"{own.format}: {len(held)} photos held out for evaluate; {left} notes, which inspect shows")
        weights = train(config, mixture, options.out, options.weights)
    except (ValueError, FileNotFoundError) as error:
        if leads:
            print(f"error: {error}", file=sys.stderr)
        return 2
    if leads:
        print(weights)
    return 0


def build_mixture(
    config: TrainConfig,
    data: Path | None,
    rendered: Sequence[Path] = (),
    teacher: Path | None = None,
    folder: Sequence[AnnotatedPhoto] = (),
) -> Mixture:
    """Gather the configured sources found below ``data``, the rendered photos, a teacher's labels of them, and the
    photos of a folder of one's own, less those it holds out.

    Raises:
        ValueError: something was given that the configuration has no section for, or there is nothing to train on.
    """
    for photos_of, section, name in ((folder, config.folder, "folder"), (rendered, config.rendered, "rendered")):
        if photos_of and not section:
            raise ValueError(f"--{name} needs a knob '{name}: {{share: …, scale: […]}}', as in training/clinic.yaml")
    if teacher and not config.distil:
        raise ValueError("--teacher needs a distil section in the configuration, as in training/distilled.yaml")
    if data and not config.sources:
        raise ValueError("--data needs the knob 'sources', as in training/released.yaml; give --config")
    ingredients = []
    if data:
        for name, source in config.sources.items():
            ingredients.append(Ingredient(training_photos(config, data, name), source.share, source.scale))
    if config.rendered and rendered:
        drawn = [photo for path in rendered for photo in read_rendered(path)]
        ingredients.append(Ingredient(drawn, config.rendered.share, config.rendered.scale))
    if config.folder and folder:
        photos = split_photos(folder, config.folder.held_out)[0]
        if not photos:
            raise ValueError("folder: no photo is left to train on; lower held_out, or label more photos")
        ingredients.append(Ingredient(photos, config.folder.share, config.folder.scale))
    if not any(ingredient.photos for ingredient in ingredients):
        raise ValueError(
            "nothing to train on: give --folder with labelled photos, --data with sources.json, --rendered with drawn "
            "photos, or several"
        )
    believed = Teacher(teacher, config.distil) if teacher and config.distil else None
    return Mixture(ingredients, config, believed, rank_and_size())


def train(config: TrainConfig, mixture: Mixture, out: Path, start: Path | None) -> Path:
    """Train and return the path of the averaged weights; a run found in ``out`` is resumed.

    Raises:
        ValueError: no such device, weights that do not fit, a run in ``out`` begun with something else, or a loss that
            is no number.
    """
    photos = dict(Counter(photo.source for ingredient in mixture.ingredients for photo in ingredient.photos))
    with team(config.device) as crew:
        check_same_run(out, config, photos)
        learner = Learner.set_up(config, crew, out, start)
        if crew.leads:
            write_run(out, config, photos, random_start=start is None)
        with RunLog(out, config, learner, crew.leads) as log:
            for step, batch in enumerate(mixture.batches(learner.resumed_at, config.steps), learner.resumed_at):
                log.stepped(step, learner.step(step, batch))
    return log.average
