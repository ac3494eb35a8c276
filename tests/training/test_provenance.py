"""What a model's card may say of where it comes from."""

import json

import pytest

from training.config import TrainConfig
from training.provenance import TrainingSource, training_data

RUN = {"batch": 4, "size_px": 64, "learning_rate": 1e-3, "weight_decay": 0.0, "warmup_steps": 1, "ema_decay": 0.9}
RUN |= {"seed": 1, "checkpoint_every": 5}


@pytest.fixture
def runs():
    return [TrainConfig(steps=10, **RUN), TrainConfig(steps=5, **RUN)]


def test_sources_that_are_only_measured_are_listed_with_their_licence(runs, tmp_path):
    lent = {"licence": "lent", "view": "selfies", "commercial": False}
    (tmp_path / "sources.json").write_text(json.dumps({"sources": {"repeats": lent, "unused": lent}}))
    training = training_data(runs, tmp_path, [], 0, False, {"repeats": 7})
    assert training.measured_only == [TrainingSource(name="repeats", photos=7, licence="lent", view="selfies")]
    assert training.sources == []


def test_the_passes_of_every_run_add_up(runs):
    training = training_data(runs, None, [], 0, True, {})
    assert (training.passes, training.runs) == (60, 2)


@pytest.mark.parametrize("random_start", [True, False])
def test_without_a_known_source_only_a_random_start_is_free_of_a_notice(runs, random_start):
    assert training_data(runs, None, [], 0, random_start, {}).research_only is not random_start
