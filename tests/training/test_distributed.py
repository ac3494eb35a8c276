"""Two processes take the step that one would take on the joint batch."""

import os
import socket

import numpy as np
import pytest
import torch
import torch.multiprocessing as mp

from training.config import SourceConfig, TrainConfig
from training.datasets.photo import AnnotatedPhoto
from training.detector import LesionDetector
from training.distributed import joint_total, team
from training.mixture import Ingredient, Mixture

CONFIG = TrainConfig(
    steps=1,
    batch=4,
    size_px=64,
    learning_rate=1e-3,
    weight_decay=0.0,
    warmup_steps=0,
    ema_decay=0.9,
    seed=3,
    checkpoint_every=1,
    device="cpu",
    rendered=SourceConfig(1.0, (4.0, 6.0)),
)


@pytest.fixture
def photos(lesions, tmp_path):
    folder = lesions(tmp_path / "clinic")
    box, types = np.array([[0.4, 0.4, 0.6, 0.6]], dtype=np.float32), np.array([1])
    return [
        AnnotatedPhoto(path, "clinic", path.stem, box, types, np.ones(4, dtype=np.float32))
        for path in sorted((folder / "images").iterdir())
    ]


def part(photos, number, parts):
    return Mixture([Ingredient(photos, 1.0, (4.0, 6.0))], CONFIG, part=(number, parts))


def joint(batches):
    """Put the parts of a batch together, as one process would have drawn them."""
    whole = {key: torch.cat([batch[key] for batch in batches]) for key in batches[0]}
    size = len(batches[0]["img"])
    whole["batch_idx"] = torch.cat([batch["batch_idx"] + size * place for place, batch in enumerate(batches)])
    doubtful = [batch["doubtful"] + torch.tensor([size * place, 0, 0, 0, 0]) for place, batch in enumerate(batches)]
    return whole | {"doubtful": torch.cat(doubtful)}


def gradient(model, forward, batch):
    losses, _ = model.init_criterion()(forward(batch["img"].float() / 255), batch)
    (losses.sum() / len(batch["img"])).backward()
    return torch.cat([parameter.grad.flatten() for parameter in model.parameters()])


def fresh():
    """A model whose batch statistics stand still: on CPU each process has its own."""
    torch.manual_seed(0)
    model = LesionDetector().train()
    for layer in model.modules():
        if isinstance(layer, torch.nn.BatchNorm2d):
            layer.eval()
    return model


def work(rank, photos, port, out):
    os.environ |= {"RANK": str(rank), "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
    torch.set_num_threads(1)
    with team("cpu") as crew:
        model = fresh()
        slopes = gradient(model, crew.joined(model), part(photos, rank, 2).batch_at(0))
        torch.save(slopes, out / f"{rank}.pt")


def test_the_averaged_gradient_is_that_of_the_joint_batch(photos, tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    mp.spawn(work, (photos, port, tmp_path), nprocs=2)
    ones, others = (torch.load(tmp_path / f"{rank}.pt") for rank in range(2))
    assert torch.equal(ones, others)
    model = fresh()
    whole = gradient(model, model, joint([part(photos, rank, 2).batch_at(0) for rank in range(2)]))
    assert whole.norm() > 0
    assert (ones - whole).norm() < 1e-4 * whole.norm()


def test_processes_draw_different_parts_that_depend_on_the_step_alone(photos):
    first, second = (part(photos, rank, 2).batch_at(4) for rank in range(2))
    assert len(first["img"]) == 2
    assert (first["img"] != second["img"]).any()
    assert (first["img"] == part(photos, 0, 2).batch_at(4)["img"]).all()


def test_a_batch_that_does_not_divide_is_refused_by_its_knob(photos):
    with pytest.raises(ValueError, match="batch: 4 photos do not divide among 3 processes"):
        part(photos, 0, 3)


def test_alone_a_loss_is_divided_by_its_own_total():
    assert joint_total(torch.tensor(7.0)) == 7
    assert joint_total(torch.tensor(0.2)) == 1
