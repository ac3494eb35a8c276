"""What is measured on which source, and which sources a model's counts are fitted to: one file a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

import yaml

from mobile_models.lesions import GROUPS
from training.datasets.photo import COMEDO_SHARE

UNTYPED = (COMEDO_SHARE, 0.66, 0.16, 0.03)


@dataclass(frozen=True)
class Plan:
    """The plan of an evaluation. ``released.yaml`` beside this module says why each value is what it is.

    Attributes:
        standard: Source whose way of counting the counts predict.
        standard_note: What else is to be said of that.
        splits: Split of each source that is measured whole.
        counts: Sources that each of ``GROUPS`` is fitted to.
        type_weight: How far the types of a source are believed; those not named are not used.
        untyped: Types that a box without one is taken to be, summing to 1.
        clear: Sources of faces without lesions.
        sparse: Sources labelled too sparsely for counts to be compared.
        repeats: Source with repeated captures of one pose.
        repeats_note: Who was photographed.
        levels: Source and bounds of a severity level that is a bin of its total count.
        trend: Sources whose photos are edited to measure trend.
        notes: What must be known of a source to read its figures.
    """

    standard: str
    counts: Mapping[str, tuple[str, ...]]
    type_weight: Mapping[str, float]
    standard_note: str = ""
    splits: Mapping[str, str] = field(default_factory=dict)
    untyped: tuple[float, ...] = UNTYPED
    clear: tuple[str, ...] = ()
    sparse: tuple[str, ...] = ()
    repeats: str = ""
    repeats_note: str = ""
    levels: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    trend: tuple[str, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)


def read_plan(path: Path) -> Plan:
    """Read a plan.

    Raises:
        ValueError: an entry is missing or unknown, or a group of lesions has no sources; the message names it.
    """
    raw = yaml.safe_load(path.read_text())
    known = {field.name for field in fields(Plan)}
    if unknown := set(raw) - known:
        raise ValueError(f"{path}: unknown entries {sorted(unknown)}; known are {sorted(known)}")
    if absent := {"standard", "counts", "type_weight"} - set(raw):
        raise ValueError(f"{path}: {sorted(absent)} missing")
    if absent := set(GROUPS) - set(raw["counts"]):
        raise ValueError(f"{path}: counts lack sources for {sorted(absent)}")
    for name in ("counts", "levels"):
        raw[name] = {key: tuple(values) for key, values in raw.get(name, {}).items()}
    for name in ("untyped", "clear", "sparse", "trend"):
        if name in raw:
            raw[name] = tuple(raw[name])
    return Plan(**raw)


def plan_of_folder(name: str) -> Plan:
    """Return the plan for a model that counts as one folder's annotators do."""
    return Plan(
        standard=name,
        counts=dict.fromkeys(GROUPS, (name, "rendered")),
        type_weight={name: 1.0, "rendered": 1.0},
        repeats=name,
        repeats_note="persons not recorded",
    )
