"""``python -m training noise FOLDER``: a clinic's own repeats → error of counting, fluctuation, numbers of change.

    python -m training noise visits.csv --out noise
    python -m training noise PHOTOS --out noise

A CSV has the columns person, day (2026-03-01), frame and count, the expected inflammatory lesions of one frame, and may
have view. A folder holds PHOTOS/person/day/frame.jpg, counted by the released model; a folder inside names a view.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from mobile_models.errors import AssessmentError
from mobile_models.lesions import INFLAMMATORY
from mobile_models.series.constants import Constants
from mobile_models.tables import change_table
from mobile_models.zones import FRONT, VIEWS
from training.array import Array
from training.datasets.annotation import LabelError
from training.datasets.text import read_table

COLUMNS = ("person", "day", "frame", "count")
PHOTOS = {".jpg", ".jpeg", ".png", ".webp"}
FEW_PEOPLE = 30
SETTLED_DAYS = 84


class RepeatsUnusable(ValueError):
    """Repeats that say nothing of the noise; the message names what is wrong and what to do."""


@dataclass(frozen=True)
class Frame:
    """One photo of one view, counted."""

    person: str
    day: date
    view: str
    frame: str
    count: float


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the subcommand's options."""
    parser.add_argument("repeats", type=Path, help="folder person/day/frame.jpg, or a CSV of person,day,frame,count")
    parser.add_argument("--guided", action="store_true", help="the folder's photos were taken through the capture oval")
    parser.add_argument("--out", type=Path, required=True)


def run(options: argparse.Namespace) -> int:
    """Run the subcommand and return its exit code."""
    try:
        frames = (
            read_csv(options.repeats) if options.repeats.is_file() else count_folder(options.repeats, options.guided)
        )
        measured = noise_of(frames)
    except (RepeatsUnusable, LabelError, AssessmentError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "noise.json").write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")
    for name in ("people", "frames", "sem", "sem_of_three", "frames_count_as", "fluctuation"):
        print(f"{name}: {measured['noise'][name]}")
    print(f"wrote {options.out}/noise.json, whose change is the section of that name in a manifest")
    return 0


def noise_of(frames: Sequence[Frame]) -> dict[str, Any]:
    """The noise of repeats, and the manifest's "change" with it in the place of what was assumed.

    The error is the spread of √count between frames of one view on one day. What days add to it is fluctuation.

    Raises:
        RepeatsUnusable: no view was taken twice on a day.
    """
    together = defaultdict(list)
    for frame in frames:
        together[frame.person, frame.day, frame.view].append(math.sqrt(frame.count))
    repeats = {key: np.array(roots) for key, roots in together.items() if len(roots) > 1}
    if not repeats:
        raise RepeatsUnusable(
            "No view was photographed twice on a day. Take each view three times, re-posed, and name each frame."
        )
    sem = _pooled(repeats.values())
    if not sem:
        raise RepeatsUnusable(
            "All frames of a view have the same count, as copies of one photo do. Re-pose between frames."
        )
    low, high = _interval(repeats)
    people = {person for person, _, _ in repeats}
    by_count = _by_count(repeats)
    fluctuation = _fluctuation(together, sem)
    most = max(map(len, repeats.values()))
    noise = {
        "people": len(people),
        "repeats": len(repeats),
        "frames": sum(map(len, repeats.values())),
        "sem": round(sem, 4),
        "interval": [round(low, 4), round(high, 4)],
        "by_count": by_count,
        "sem_of_three": round(sem / math.sqrt(3), 4) if most >= 3 else None,
        "frames_count_as": most,
        "fluctuation": fluctuation,
    }
    return {"noise": noise, "change": change_section(noise)}


def change_section(noise: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest's "change" with the measured numbers; the error is never below its interval's upper end for few."""
    table = change_table()
    few = noise["people"] < FEW_PEOPLE
    measured = noise["interval"][1] if few else noise["sem"]
    section = {**table, "sem": measured, "provisional": few, "assumed": list(table["assumed"])}
    if noise["frames_count_as"] >= 3 and not few:
        section["frames_count_as"] = [float(number) for number in range(1, noise["frames_count_as"] + 1)]
        section["assumed"].remove("frames_count_as")
    fluctuation = noise["fluctuation"]
    if fluctuation and fluctuation["people"] >= 20:
        section["rate"] = {**table["rate"], "variation": fluctuation["rate_variation"]}
        section["assumed"].remove("rate.variation")
    section["source"] = (
        f"own repeats: {noise['frames']} frames of {noise['people']} people; "
        + ("few people, so the upper end of the interval of sem is taken" if few else "re-posed on one day")
        + f". {table['source']}"
    )
    Constants.from_manifest(section)
    return section


def read_csv(file: Path) -> list[Frame]:
    """Frames of a table, as spreadsheets write it.

    Raises:
        RepeatsUnusable: a column or value is missing or wrong; names line and remedy.
        LabelError: it is in an encoding that is not read, or no table; names file and encoding.
    """
    columns, rows = read_table(file)
    if absent := [name for name in COLUMNS if name not in columns]:
        raise RepeatsUnusable(f"{file.name} lacks the column {absent[0]}. Give {', '.join(COLUMNS)} and, if any, view.")
    return [_frame(row, number) for number, row in enumerate(rows, 2)]


def count_folder(folder: Path, guided: bool = False) -> list[Frame]:
    """Count the photos of a folder person/day/frame.jpg or person/day/view/frame.jpg with the released model.

    Raises:
        RepeatsUnusable: the folder is missing, or a day's name is no date.
        AssessmentError: a photo cannot be read.
    """
    from mobile_models.assess import assess
    from mobile_models.assessment import Capture
    from mobile_models.bundle import Bundle
    from mobile_models.detector import Detector
    from mobile_models.image import read_photo

    photos = sorted(path for path in folder.glob("*/*/**/*") if path.suffix.lower() in PHOTOS)
    if not photos:
        raise RepeatsUnusable(f"{folder} holds no person/day/frame.jpg. Name such a folder, or a CSV.")
    detector, frames = Detector(Bundle.open()), []
    for path in photos:
        person, day, *rest = path.relative_to(folder).parts
        view = rest[0] if len(rest) > 1 else FRONT
        if view not in VIEWS:
            raise RepeatsUnusable(
                f"{view!r} names no view. Call the folders of a day {', '.join(VIEWS)}, or leave them out."
            )
        assessed = assess([Capture(path.name, read_photo(path), view, guided)], detector)
        frames.append(Frame(person, _day(day, str(path)), view, path.stem, assessed.counts[INFLAMMATORY].expected))
    return frames


def _frame(row: Mapping[str, str], number: int) -> Frame:
    try:
        count = float(row["count"])
    except (TypeError, ValueError):
        count = math.nan
    if not (math.isfinite(count) and count >= 0):
        raise RepeatsUnusable(f"line {number}: the count is no number of lesions. Give what was expected, as 12.5.")
    if not row["person"] or not row["frame"]:
        raise RepeatsUnusable(f"line {number}: person or frame is empty. Give both, as any text.")
    return Frame(row["person"], _day(row["day"], f"line {number}"), row.get("view") or FRONT, row["frame"], count)


def _day(text: str, where: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise RepeatsUnusable(f"{where}: {text!r} is no day. Write it as 2026-03-01.") from error


def _pooled(repeats: Iterable[Array]) -> float:
    squares, free = np.sum([_squares(roots) for roots in repeats], axis=0)
    return float(np.sqrt(squares / free))


def _squares(roots: Array) -> tuple[float, int]:
    """Sum of squares around the mean, and its degrees of freedom."""
    return float(((roots - roots.mean()) ** 2).sum()), len(roots) - 1


def _interval(repeats: Mapping[Any, Array]) -> tuple[float, float]:
    """Bootstrap 95 % interval over people."""
    by_person: dict[str, Array] = defaultdict(lambda: np.zeros(2))
    for (person, _, _), roots in repeats.items():
        by_person[person] += _squares(roots)
    people = np.array(list(by_person.values()))
    drawn = people[np.random.default_rng(0).integers(len(people), size=(2000, len(people)))].sum(axis=1)
    low, high = np.quantile(np.sqrt(drawn[:, 0] / drawn[:, 1]), [0.025, 0.975])
    return float(low), float(high)


def _by_count(repeats: Mapping[Any, Array]) -> dict[str, float]:
    """SEM by the number of lesions: alike in all bands where the square root is the right scale."""
    bands: dict[str, list[Array]] = defaultdict(list)
    for roots in repeats.values():
        number = float((roots**2).mean())
        bands["below 5" if number < 5 else "5 to 20" if number < 20 else "20 and more"].append(roots)
    return {band: round(_pooled(some), 4) for band, some in sorted(bands.items())}


def _fluctuation(together: Mapping[tuple[str, date, str], Sequence[float]], sem: float) -> dict[str, Any] | None:
    """What days add to the error, of people seen over at least twelve weeks; None where there are none."""
    by_view = defaultdict(list)
    for (person, day, view), roots in together.items():
        by_view[person, view].append((day, float(np.mean(roots)), len(roots)))
    spreads, levels, people = [], [], set()
    for (person, _), days in by_view.items():
        first, last = min(days)[0], max(days)[0]
        if len(days) < 4 or (last - first).days < SETTLED_DAYS - 7:
            continue
        means = np.array([mean for _, mean, _ in days])
        spreads.append(float(means.var(ddof=1)) - sem**2 * float(np.mean([1 / number for _, _, number in days])))
        levels.append(float(means.mean()))
        people.add(person)
    if not people:
        return None
    turnover = float(change_table()["turnover"]["variance"])
    beyond = max(0.0, float(np.mean(spreads)) - turnover)
    variation = math.sqrt(beyond / (turnover * float(np.mean(np.square(levels)))))
    return {
        "people": len(people),
        "variance": round(float(np.mean(spreads)), 4),
        "rate_variation": round(variation, 4),
    }
