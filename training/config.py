"""Every knob of a training run, in one file a run, with the reason beside the value."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from pathlib import Path

import yaml


@dataclass(frozen=True)
class SourceConfig:
    """How much of the stream one source gets and at which magnifications it is seen."""

    share: float
    scale: tuple[float, float]
    held_out: float = 0.0
    split: str = "train"
    despeckle: bool = False


@dataclass(frozen=True)
class DistilConfig:
    """How far a teacher's soft labels are believed; read only when training is given a teacher.

    Attributes:
        sure: P(any) of the teacher from which an unboxed place is not trained as background.
        doubted: Sources whose annotators left lesions out.
        types: Weight of the teacher's type distribution on untyped boxes.
        trust: Share of a doubted source's box that falls away where the teacher sees nothing.
    """

    sure: float
    doubted: tuple[str, ...]
    types: float = 1.0
    trust: float = 0.0


@dataclass(frozen=True)
class TrainConfig:
    """A training run. The YAML files beside this module say why each value is what it is."""

    steps: int
    batch: int
    size_px: int
    learning_rate: float
    weight_decay: float
    warmup_steps: int
    ema_decay: float
    seed: int
    checkpoint_every: int
    one_to_one_from: float = 0.0
    type_weights: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0)
    quarter_turns: float = 0.2
    sources: dict[str, SourceConfig] = field(default_factory=dict)
    rendered: SourceConfig | None = None
    distil: DistilConfig | None = None


def read_config(path: Path) -> TrainConfig:
    """Read a YAML configuration.

    Raises:
        ValueError: a knob is missing or unknown; the message names it.
    """
    raw = yaml.safe_load(path.read_text())
    known = {one.name for one in fields(TrainConfig)}
    if unknown := set(raw) - known:
        raise ValueError(f"{path}: unknown knob(s) {sorted(unknown)}; known are {sorted(known)}")
    sources = {name: _source(values) for name, values in raw.pop("sources", {}).items()}
    rendered = raw.pop("rendered", None)
    distil = raw.pop("distil", None)
    try:
        return TrainConfig(
            **raw,
            sources=sources,
            rendered=_source(rendered) if rendered else None,
            distil=DistilConfig(**{**distil, "doubted": tuple(distil["doubted"])}) if distil else None,
        )
    except TypeError as error:
        raise ValueError(f"{path}: {error}") from None


def _source(values: dict[str, object]) -> SourceConfig:
    low, high = values.pop("scale")  # type: ignore[misc]
    return SourceConfig(scale=(float(low), float(high)), **values)  # type: ignore[arg-type]
