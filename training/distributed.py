"""Several processes, one a GPU, that train one model: ``torchrun --nproc-per-node N -m training train …``.

This is torch's DistributedDataParallel around our own loop. ultralytics has a launcher of its own, which starts its own
trainer; ours is another loop with another loss, so that launcher does not fit it. Each process draws its part of a
batch; gradients are averaged, and losses are divided by the whole batch's total (`joint_total`), so that N processes
take the step that one would take on the joint batch. On GPUs batch statistics are shared as well (SyncBatchNorm). Two
gloo processes on CPU are tested; the path over CUDA and nccl has not been run.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel

DEVICES = "auto, cpu, cuda or cuda:N"


def rank_and_size() -> tuple[int, int]:
    """Return this process's number and how many there are, as torchrun says; (0, 1) without it."""
    return int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))


@dataclass(frozen=True)
class Team:
    """The processes of one run.

    Attributes:
        rank: This process; 0 alone writes and reports.
        size: How many there are.
        device: Where this one computes.
    """

    rank: int
    size: int
    device: torch.device

    @property
    def leads(self) -> bool:
        """Whether this process writes and reports."""
        return self.rank == 0

    def placed(self, model: torch.nn.Module) -> torch.nn.Module:
        """Return the model on this process's device; with batch statistics shared between GPUs."""
        if self.size > 1 and self.device.type == "cuda":
            model = torch.nn.SyncBatchNorm.convert_sync_batchnorm(model)
        return model.to(self.device, memory_format=torch.channels_last)

    def joined(self, model: torch.nn.Module) -> torch.nn.Module:
        """Return the model as it is to be called in training: gradients are averaged over the processes."""
        if self.size == 1:
            return model
        return DistributedDataParallel(model, device_ids=[self.device.index] if self.device.type == "cuda" else None)


@contextmanager
def team(device: str) -> Iterator[Team]:
    """Join the processes that torchrun started, or work alone.

    Raises:
        ValueError: there is no such device.
    """
    rank, size = rank_and_size()
    place = _device(device, size)
    if size == 1:
        yield Team(0, 1, place)
        return
    if place.type == "cuda":
        torch.cuda.set_device(place)
    dist.init_process_group("nccl" if place.type == "cuda" else "gloo")
    try:
        yield Team(rank, size, place)
    finally:
        dist.destroy_process_group()


def joint_total(total: torch.Tensor) -> torch.Tensor:
    """Return what a process divides its summed loss by: the joint batch's total, at least 1, over the processes."""
    if not dist.is_initialized():
        return total.clamp(min=1)
    total = total.detach().clone()
    dist.all_reduce(total)
    return total.clamp(min=1) / dist.get_world_size()


def _device(name: str, size: int) -> torch.device:
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    if name.startswith("cuda") and not torch.cuda.is_available():
        raise ValueError(f"device: {name}, but torch finds no GPU here; say auto or cpu")
    if name == "cuda" and size > 1:
        name = f"cuda:{os.environ.get('LOCAL_RANK', 0)}"
    try:
        return torch.device(name)
    except RuntimeError:
        raise ValueError(f"device: {name!r} is none of {DEVICES}") from None
