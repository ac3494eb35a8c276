"""What the leading process writes and shows of a run: losses every twentieth step, checkpoints, and a bar."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

import torch
from tqdm import tqdm

from training.checkpoint import AVERAGE, cut_log, write_checkpoint
from training.config import TrainConfig
from training.learner import Learner

EVERY = 20
"""Steps from one logged loss to the next."""


class RunLog:
    """The log of a run in its folder; of processes that do not lead it writes and shows nothing."""

    def __init__(self, out: Path, config: TrainConfig, learner: Learner, leads: bool) -> None:
        self.average = out / AVERAGE
        self._out, self._config, self._learner, self._leads = out, config, learner, leads
        self._losses = out / "loss.jsonl"
        if leads:
            cut_log(self._losses, learner.resumed_at)
            if learner.resumed_at:
                print(f"resuming at step {learner.resumed_at}")
        self._bar = tqdm(total=config.steps, initial=learner.resumed_at, unit="step", disable=not leads)

    def __enter__(self) -> RunLog:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.close()

    def stepped(self, step: int, losses: Mapping[str, torch.Tensor]) -> None:
        """Write what is due after a step."""
        self._bar.update()
        if not self._leads:
            return
        if step % EVERY == 0:
            values = {name: round(float(value), 4) for name, value in losses.items()}
            self._bar.set_postfix(values)
            with self._losses.open("a") as file:
                file.write(json.dumps({"step": step, "time": round(time.time()), **values}) + "\n")
        if (step + 1) % self._config.checkpoint_every == 0 or step + 1 == self._config.steps:
            write_checkpoint(self._out, step + 1, self._learner.model, self._learner.average, self._learner.optimiser)
