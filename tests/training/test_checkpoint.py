"""What a run leaves beside its weights says whether a measurement may call photos held out."""

from dataclasses import replace
from pathlib import Path

import pytest

import training
from training.checkpoint import OtherRun, trained_from_nothing, write_run
from training.config import read_config


@pytest.fixture
def config():
    return read_config(Path(training.__path__[0]) / "clinic.yaml")


@pytest.mark.parametrize("random_start", [True, False])
def test_the_start_of_a_run_is_remembered(tmp_path, config, random_start):
    write_run(tmp_path, config, {"clinic": 8, "rendered": 3}, random_start)
    write_run(tmp_path, config, {"clinic": 8, "rendered": 3}, random_start=True)
    assert trained_from_nothing(tmp_path / "average.safetensors", config, "clinic", 8) is random_start


def test_weights_of_unknown_origin_are_not_said_to_come_from_nothing(tmp_path, config):
    assert not trained_from_nothing(tmp_path / "average.safetensors", config, "clinic", 8)


@pytest.mark.parametrize(
    ("changes", "photos", "named"),
    [({}, 12, "8 → 12"), ({"steps": 7}, 8, "steps"), ({"seed": 99}, 8, "seed")],
    ids=["photos held out then trained on", "passes", "seed"],
)
def test_another_configuration_than_the_weights_were_trained_by_is_refused(tmp_path, config, changes, photos, named):
    write_run(tmp_path, config, {"clinic": 8}, random_start=True)
    with pytest.raises(OtherRun, match=rf"--config.*{named}"):
        trained_from_nothing(tmp_path / "average.safetensors", replace(config, **changes), "clinic", photos)
