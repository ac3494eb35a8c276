"""A clinic's own folder in one command, killed and resumed, on one process and on two."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from mobile_models.export.weights import load_detector
from training.__main__ import main
from training.detector import LesionDetector

ROOT = Path(__file__).parents[2]


def started(*command):
    """Run a process with as many threads as this one has, so that sums round alike."""
    alike = {"OMP_NUM_THREADS": str(torch.get_num_threads()), "PYTHONPATH": str(ROOT), "YOLO_OFFLINE": "true"}
    words = [sys.executable, *map(str, command)]
    return subprocess.run(words, cwd=ROOT, env=os.environ | alike, capture_output=True, text=True, check=False)


def test_one_command_trains_on_a_folder_from_a_random_start(lesions, tiny, tmp_path, capsys):
    folder = lesions(tmp_path / "clinic", count=10)
    out = tmp_path / "run"
    assert main(["train", "--folder", str(folder), "--config", str(tiny(steps=2)), "--out", str(out)]) == 0
    output = capsys.readouterr().out
    assert "photos of clinic (100%)" in output
    photos = json.loads((out / "run.json").read_text())["photos"]["clinic"]
    assert 0 < photos < 10
    assert f"yolo: {10 - photos} photos held out for evaluate" in output
    assert isinstance(load_detector(out / "average.safetensors"), torch.nn.Module)


@pytest.mark.parametrize(
    ("arguments", "changes", "message"),
    [
        ([], {}, "nothing to train on: give --folder"),
        (["--folder", "clinic"], {"folder": None}, "--folder needs a knob 'folder"),
        pytest.param(
            ["--folder", "clinic"],
            {"device": "cuda"},
            "device: cuda, but torch finds no GPU",
            marks=pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU"),
        ),
        (["--folder", "clinic", "--weights", "clinic/classes.txt"], {}, "not readable as safetensors"),
        (["--folder", "clinic", "--data", "clinic"], {}, "--data needs the knob 'sources'"),
        (["--folder", "clinic", "--classes", "zit=lesion"], {}, "which this folder has not; it has ['papule']"),
        (["--folder", "gone"], {}, "no such folder"),
    ],
)
def test_what_can_not_be_is_said_and_nothing_is_written(
    arguments, changes, message, lesions, tiny, tmp_path, capsys, monkeypatch
):
    lesions(tmp_path / "clinic")
    monkeypatch.chdir(tmp_path)
    assert main(["train", *arguments, "--config", str(tiny(**changes)), "--out", "run"]) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_a_run_begun_with_other_knobs_or_photos_is_not_gone_on_with(lesions, tiny, tmp_path, capsys):
    folder, out = lesions(tmp_path / "clinic"), str(tmp_path / "run")
    begin = ["train", "--folder", str(folder), "--out", out, "--config"]
    assert main([*begin, str(tiny(steps=1))]) == 0
    assert main([*begin, str(tiny(steps=2, batch=1))]) == 2
    assert "batch: 2 → 1" in capsys.readouterr().err
    assert main([*begin, str(tiny(steps=2))]) == 0
    assert "resuming at step 1" in capsys.readouterr().out


KILLED = """
import os, signal, sys
from training import mixture
from training.__main__ import main

whole = mixture.Mixture.batch_at

def batch_at(self, step):
    if step == 5:
        os.kill(os.getpid(), signal.SIGKILL)
    return whole(self, step)

mixture.Mixture.batch_at = batch_at
main(sys.argv[1:])
"""


def test_a_run_killed_midway_ends_in_the_same_weights_bit_for_bit(lesions, tiny, tmp_path, capsys):
    command = ["train", "--folder", str(lesions(tmp_path / "clinic")), "--config", str(tiny()), "--out"]
    killed, whole = tmp_path / "killed", tmp_path / "whole"
    assert started("-c", KILLED, *command, killed).returncode == -signal.SIGKILL
    begun = torch.load(killed / "state.pt", weights_only=True)["step"]
    assert 0 < begun < 6
    assert main([*command, str(killed)]) == main([*command, str(whole)]) == 0
    assert f"resuming at step {begun}" in capsys.readouterr().out
    # Tensors, not files: safetensors writes its two lines of metadata in any order.
    ones, others = (load_file(folder / "average.safetensors") for folder in (killed, whole))
    assert ones.keys() == others.keys()
    assert all(torch.equal(ones[name], others[name]) for name in ones)
    ones, others = (torch.load(folder / "state.pt", weights_only=True)["model"] for folder in (killed, whole))
    assert all(torch.equal(ones[name], others[name]) for name in others)
    logs = [(folder / "loss.jsonl").read_text().splitlines() for folder in (killed, whole)]
    assert [json.loads(line)["step"] for log in logs for line in log] == [0, 0]


def test_two_processes_train_one_model_and_one_of_them_writes(lesions, tiny, tmp_path):
    command = ("train", "--folder", lesions(tmp_path / "clinic"), "--config", tiny(steps=2), "--out", tmp_path / "run")
    torchrun = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m", "training")
    both = started(*torchrun, *command)
    assert both.returncode == 0, both.stderr
    assert both.stdout.count("training on") == both.stdout.count("average.safetensors") == 1
    written = ["average.safetensors", "loss.jsonl", "run.json", "state.pt"]
    assert sorted(path.name for path in (tmp_path / "run").iterdir()) == written
    assert len((tmp_path / "run" / "loss.jsonl").read_text().splitlines()) == 1
    weights = load_detector(tmp_path / "run" / "average.safetensors").state_dict()
    assert set(weights) == set(LesionDetector().state_dict())
