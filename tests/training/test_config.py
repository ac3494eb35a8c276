"""Knobs of a training run: what is wrong with one is said by its name."""

from pathlib import Path

import pytest
import yaml

from training.config import read_config

TRAINING = Path(__file__).parents[2] / "training"
GOOD = yaml.safe_load((TRAINING / "clinic.yaml").read_text())


def written(path, **changes):
    knobs = {name: value for name, value in (GOOD | changes).items() if value is not ...}
    (path / "run.yaml").write_text(yaml.safe_dump(knobs))
    return path / "run.yaml"


@pytest.mark.parametrize("name", [path.name for path in sorted(TRAINING.glob("*.yaml"))])
def test_every_configuration_beside_the_code_is_read(name):
    assert read_config(TRAINING / name).steps > 0


def test_the_released_runs_mean_what_they_meant():
    released, settled, trusted = (read_config(TRAINING / f"{name}.yaml") for name in ("released", "settled", "trusted"))
    assert (released.type_weights, released.quarter_turns, released.one_to_one_from) == ((1, 1, 1, 1), 0.2, 0)
    assert (settled.type_weights, settled.quarter_turns, settled.one_to_one_from) == ((1, 1, 1, 1), 0.2, 0.7)
    assert (trusted.type_weights, trusted.quarter_turns, trusted.one_to_one_from) == ((1.2, 0.8, 1.3, 2.0), 0.1, 0.5)
    assert trusted.sources["acne04"].scale == (0.6, 1.3)
    assert trusted.sources["faces"].split == "all"
    assert released.folder is None


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"steps": 0}, "steps is 0; give a whole number from 1"),
        ({"steps": 2.5}, r"steps is 2\.5"),
        ({"batch": True}, "batch is True"),
        ({"size_px": 450}, "size_px is 450; give a whole number from 64 in steps of 32"),
        ({"learning_rate": "1e-3"}, r"learning_rate is '1e-3'.*0\.001, not 1e-3"),
        ({"learning_rate": -1}, "learning_rate is -1"),
        ({"ema_decay": 1}, "ema_decay is 1; give a number from 0 to below 1"),
        ({"type_weights": [1, 1, 1]}, "type_weights.*comedo, papule, pustule, nodule"),
        ({"device": "gpu"}, "device is 'gpu'; give auto, cpu, cuda or cuda:N"),
        ({"seed": ...}, "missing seed: a whole number from 0"),
        ({"learning_speed": 3}, r"unknown knob\(s\) \['learning_speed'\]; known are .*learning_rate"),
        ({"folder": {"share": 1.0}}, r"folder: missing scale: \[smallest, largest\]"),
        ({"folder": {"share": 1.0, "scale": [2.0, 0.5]}}, r"folder: scale is \[2\.0, 0\.5\]"),
        ({"folder": {"share": 1.0, "scale": [1, 2], "held_out": 1.0}}, r"held_out is 1\.0"),
        ({"rendered": 0.3}, "rendered: is 0.3; give"),
        ({"sources": {"acnescu": {"share": "much", "scale": [1, 2]}}}, "sources.acnescu: share is 'much'"),
        ({"sources": ["acnescu"]}, r"sources is \['acnescu'\]; give sections by the names of sources"),
        ({"distil": {"doubted": ["acne04"]}}, "distil: missing sure: a number from 0 to 1.*distilled.yaml"),
        ({"distil": {"sure": 0.1, "doubted": "acne04"}}, "distil: doubted is 'acne04'; give a list of sources"),
        ({"distil": {"sure": 0.1, "doubted": [], "sharp": 1}}, r"distil: unknown knob\(s\) \['sharp'\]"),
    ],
)
def test_a_knob_that_can_not_be_is_named_with_what_it_may_be(changes, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        read_config(written(tmp_path, **changes))


@pytest.mark.parametrize("text", ["steps: [1", "", "just words"])
def test_a_file_without_knobs_is_refused(text, tmp_path):
    (tmp_path / "run.yaml").write_text(text)
    with pytest.raises(ValueError, match=r"copy of training/clinic\.yaml"):
        read_config(tmp_path / "run.yaml")
