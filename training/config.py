"""Every knob of a training run, in one file a run, with the reason beside the value."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import yaml
from marshmallow import Schema, fields

from mobile_models.lesions import TYPES
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


class SourceKnobs(Schema):
    """What the knobs of ``SourceConfig`` may be."""

    share = knobs.between(0, 1e6, required=True)
    scale = knobs.numbers(
        2,
        "[smallest, largest] magnification of a photo brought to 640 px, such as [0.7, 1.5]",
        rising=True,
        required=True,
    )
    held_out = knobs.between(0, 1, below=True)
    split = knobs.word("the name of a split, such as train")
    also = knobs.word("the name of a folder of labels beside labels, such as labels_v2")


class DistilKnobs(Schema):
    """What the knobs of ``DistilConfig`` may be."""

    sure = knobs.between(0, 1, required=True)
    doubted = knobs.names("a list of sources, such as [acne04]", required=True)
    types = knobs.between(0, 1e6)
    trust = knobs.between(0, 1)


class TrainKnobs(Schema):
    """What the knobs of ``TrainConfig`` may be; its sections are read apart, so that messages name them."""

    steps = knobs.whole(1, required=True)
    batch = knobs.whole(1, required=True)
    size_px = knobs.whole(64, 32, required=True)
    learning_rate = knobs.above_zero(required=True)
    weight_decay = knobs.between(0, 1, required=True)
    warmup_steps = knobs.whole(0, required=True)
    ema_decay = knobs.between(0, 1, below=True, required=True)
    seed = knobs.whole(0, required=True)
    checkpoint_every = knobs.whole(1, required=True)
    one_to_one_from = knobs.between(0, 1)
    type_weights = knobs.numbers(len(TYPES), f"{len(TYPES)} numbers above 0: {', '.join(TYPES)}")
    quarter_turns = knobs.between(0, 1)
    cache_gib = knobs.between(0, 4096)
    device = knobs.word("auto, cpu, cuda or cuda:N", r"(auto|cpu|cuda(:\d+)?)\Z")
    sources = fields.Dict(allow_none=True, metadata={"may_be": "sections by the names of sources"})
    rendered = fields.Raw(allow_none=True)
    folder = fields.Raw(allow_none=True)
    distil = fields.Raw(allow_none=True)


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
    run = knobs.load(TrainKnobs(), raw, str(path), "training/clinic.yaml shows every knob")
    sources, rendered, folder, distil = (run.pop(name, None) for name in ("sources", "rendered", "folder", "distil"))
    return TrainConfig(
        **run,
        sources={name: _source(values, f"{path}: sources.{name}") for name, values in (sources or {}).items()},
        rendered=_source(rendered, f"{path}: rendered") if rendered else None,
        folder=_source(folder, f"{path}: folder") if folder else None,
        distil=_distil(distil, f"{path}: distil") if distil else None,
    )


def _source(values: object, place: str) -> SourceConfig:
    example = "give {share: 1.0, scale: [0.7, 1.5]}; training/clinic.yaml shows every knob"
    return SourceConfig(**knobs.load(SourceKnobs(), values, place, example))


def _distil(values: object, place: str) -> DistilConfig:
    example = "give {sure: 0.12, doubted: [acne04]}; training/distilled.yaml shows its knobs"
    read = knobs.load(DistilKnobs(), values, place, example)
    return DistilConfig(**{**read, "doubted": tuple(read["doubted"])})
