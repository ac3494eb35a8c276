r"""What is in a folder of annotated photos, before anything is trained on it.

python -m training inspect CLINIC
python -m training inspect CLINIC --classes "zit=lesion,scar=ignore" --json
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from mobile_models.lesions import TYPES
from training.array import Array
from training.datasets.collection import Collection
from training.folder_options import add_folder_options, open_folder

NAMES = (*TYPES, "untyped")
INPUT_PX = 640
MOST_SHOWN = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what ``inspect`` takes."""
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", action="store_true", help="for programs, and in full")
    add_folder_options(parser)


def run(options: argparse.Namespace) -> int:
    """Print what is in a folder; return the exit code."""
    try:
        report = inspect(open_folder(options.folder, options), options.folder.resolve())
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(json.dumps(report, indent=1) if options.json else as_text(report))
    return 0


def inspect(collection: Collection, folder: Path) -> dict[str, Any]:
    """Return counts, sizes, near-duplicates, label leaks and what was left out, ready for JSON."""
    photos, prints = collection.photos, collection.prints
    types = np.concatenate([photo.types for photo in photos]) if photos else np.zeros(0, dtype=np.int64)
    in_photos = Counter(index for photo in photos for index in set(photo.types.tolist()))
    sides = np.array([fingerprint.size_px for fingerprint in prints], dtype=np.float64).reshape(-1, 2)
    across = [(i, j) for i, j in collection.pairs if collection.named[i] != collection.named[j]]
    return {
        "folder": folder.name,
        "format": collection.format,
        "photos": len(photos),
        "groups": len({photo.group for photo in photos}),
        "splits": dict(Counter(photo.split or "none" for photo in photos)),
        "clear_photos": sum(not len(photo.boxes) for photo in photos),
        "boxes": {name: int((types == index).sum()) for index, name in enumerate(NAMES)},
        "photos_with": {name: in_photos[index] for index, name in enumerate(NAMES)},
        "background": _background(collection),
        "photo_sides_px": _quantiles(sides.ravel(), (0, 50, 100)),
        "boxes_a_photo": _quantiles(np.array([len(photo.boxes) for photo in photos]), (0, 50, 100)),
        f"box_px_at_{INPUT_PX}": _quantiles(_box_sides(collection), (5, 50, 95)),
        "near_duplicates": {
            "pairs": len(collection.pairs),
            "across_groups": len(across),
            "examples": [[photos[i].path.name, photos[j].path.name] for i, j in across[:MOST_SHOWN]],
        },
        "label_leaks": [str(leak) for leak in collection.leaks],
        "one_type_a_photo": collection.one_type,
        "unreadable": collection.unreadable,
        "left_out": collection.notes,
    }


def as_text(report: dict[str, Any]) -> str:
    """Return what `inspect` found as a plain table."""
    lines = [
        f"{report['folder']}: {report['photos']} photos in {report['groups']} groups, format {report['format']}, "
        f"{report['clear_photos']} without a box",
        "",
        f"{'type':10} {'boxes':>7} {'photos':>7}  unboxed skin counts against it",
    ]
    for name in NAMES:
        weight = report["background"].get(name)
        lines.append(
            f"{name:10} {report['boxes'][name]:7} {report['photos_with'][name]:7}  "
            + ("" if weight is None else f"{weight:.0%}")
        )
    lines += ["", f"{'':24} {'least':>8} {'median':>8} {'most':>8}"]
    for title, key in (
        ("photo sides, px", "photo_sides_px"),
        ("boxes a photo", "boxes_a_photo"),
        (f"box side at {INPUT_PX} px, 5–95 %", f"box_px_at_{INPUT_PX}"),
    ):
        lines.append(f"{title:24} " + " ".join(f"{value:8.1f}" for value in report[key].values()))
    near = report["near_duplicates"]
    lines += [
        "",
        f"near-duplicates: {near['pairs']} pairs, {near['across_groups']} between groups that names keep apart",
    ]
    lines += [f"  {photo} ~ {other}" for photo, other in near["examples"]]
    lines += [f"LABEL LEAK: {leak}; train refuses this (--allow-label-leak)" for leak in report["label_leaks"]]
    if report["one_type_a_photo"]:
        lines.append("one type a photo: the style of a photo may betray its type; report types on other photos")
    for title, key in (("unreadable", "unreadable"), ("left out or to check", "left_out")):
        if report[key]:
            lines += [f"{title}: {len(report[key])}", *(f"  {line}" for line in report[key][:MOST_SHOWN])]
            lines += [f"  … {len(report[key]) - MOST_SHOWN} more (--json shows all)"] * (len(report[key]) > MOST_SHOWN)
    return "\n".join(lines)


def _background(collection: Collection) -> dict[str, float]:
    """Mean weight, over photos, of unboxed skin against each type."""
    if not collection.photos:
        return {}
    weights = np.stack([photo.background for photo in collection.photos]).mean(axis=0)
    return {name: round(float(weight), 3) for name, weight in zip(TYPES, weights, strict=True)}


def _box_sides(collection: Collection) -> Array:
    """√area of every box in pixels, its photo brought to 640 px on the long side."""
    sides = [np.zeros(0)]
    for photo, fingerprint in zip(collection.photos, collection.prints, strict=True):
        size = np.array(fingerprint.size_px) * INPUT_PX / max(fingerprint.size_px)
        sides.append(np.sqrt(((photo.boxes[:, 2:] - photo.boxes[:, :2]) * size).prod(axis=1)))
    return np.concatenate(sides)


def _quantiles(values: Array, percents: tuple[int, ...]) -> dict[str, float]:
    return {
        f"p{percent}": round(float(np.percentile(values, percent)), 1) if len(values) else 0.0 for percent in percents
    }
