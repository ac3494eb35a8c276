"""Every knob of a training run, in one file a run, with the reason beside the value."""

from __future__ import annotations

from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any

import yaml

from training import knobs


@dataclass(frozen=True)
class SourceConfig:
    """How much of the stream one source gets and at which magnifications it is seen.

    Attributes:
        share: Of the stream, before all shares are made to sum to 1.
        scale: Smallest and largest magnification of a photo brought to 640 px; never beyond its own pixels.
        held_out: Share of the groups that is not trained on.
        split: Folder below ``images`` and ``labels``.
        also: Folder of a second campaign's labels of the same photos, such as ``labels_v2``; '' for none.
    """

    share: float
    scale: tuple[float, float]
    held_out: float = 0.0
    split: str = "train"
    also: str = ""


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
    device: str = "auto"
    cache_gib: float = 8.0
    sources: dict[str, SourceConfig] = field(default_factory=dict)
    rendered: SourceConfig | None = None
    folder: SourceConfig | None = None
    distil: DistilConfig | None = None


def read_config(path: Path) -> TrainConfig:
    """Read a YAML configuration.

    Raises:
        ValueError: no YAML, or a knob is missing, unknown or out of range; the message names it and the remedy.
        FileNotFoundError: there is no such file.
    """
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: not readable as YAML ({error}); start from a copy of training/clinic.yaml") from None
    if not isinstance(raw, dict):
        raise ValueError(f"{path}: holds no knobs; start from a copy of training/clinic.yaml")
    _known(raw, TrainConfig, str(path), knobs.TRAIN)
    sources = raw.pop("sources", None) or {}
    sections = {name: raw.pop(name, None) for name in ("rendered", "folder")}
    distil = raw.pop("distil", None)
    if "type_weights" in raw:
        raw["type_weights"] = tuple(float(one) for one in raw["type_weights"])
    try:
        return TrainConfig(
            **raw,
            sources={name: _source(values, f"{path}: sources.{name}") for name, values in sources.items()},
            **{name: _source(values, f"{path}: {name}") if values else None for name, values in sections.items()},
            distil=DistilConfig(**{**distil, "doubted": tuple(distil["doubted"])}) if distil else None,
        )
    except (TypeError, KeyError) as error:
        raise ValueError(f"{path}: distil: {error}; training/distilled.yaml shows its knobs") from None


def _source(values: object, place: str) -> SourceConfig:
    if not isinstance(values, dict):
        raise ValueError(f"{place}: is {values!r}; give {{share: 1.0, scale: [0.7, 1.5]}}")
    _known(values, SourceConfig, place, knobs.SOURCE)
    low, high = values["scale"]
    return SourceConfig(**{**values, "scale": (float(low), float(high))})


def _known(values: dict[str, Any], kind: type, place: str, rules: dict[str, knobs.Rule]) -> None:
    known = {one.name: one for one in fields(kind)}
    if unknown := set(values) - set(known):
        raise ValueError(f"{place}: unknown knob(s) {sorted(unknown)}; known are {sorted(known)}")
    required = {n for n, one in known.items() if one.default is MISSING and one.default_factory is MISSING}
    knobs.check(values, rules, place, required - set(values))
