# Copyright The acnetrack authors. SPDX-License-Identifier: Apache-2.0
#
# Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except in compliance with
# the License. You may obtain a copy at https://www.apache.org/licenses/LICENSE-2.0. Distributed on an "AS IS" BASIS,
# WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the License for the specific language.
"""Upright RGB photos and the model's four outputs in; lesions, counts, grades and change out. Needs numpy and Pillow.

    model = Model(json.loads(Path("manifest.json").read_text()))
    photo = Photo(Image.open("face.png").convert("RGB"), view="front", guided=True)
    boxes, classes, scores, count = run(model.tensor(photo))     # with any interpreter
    assessment = model.assess([photo], [model.candidates(photo, boxes, classes, scores, count)])
    states = follow(model.table, [(week, count, frames), …], [week of a start or stop of a course, …])

Every table comes from the bundle's manifest. `golden/` of the bundle holds what this must give. Image.open does
not turn a photo upright: ImageOps.exif_transpose does.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

Array = npt.NDArray[Any]
TYPES = ("comedo", "papule", "pustule", "nodule")
COMEDO, PAPULE, PUSTULE, NODULE = range(4)
GROUPS = {"inflammatory": (PAPULE, PUSTULE, NODULE), "non_inflammatory": (COMEDO,)}
VIEWS = ("front", "left", "right")
ZONES = ("forehead", "left_cheek", "right_cheek", "nose", "chin")
LEFT, RIGHT = 0, 1
MESSAGES = {
    "little_skin": "Little skin is seen, so no grade is given. Fill the oval with the bare face, in even white light, "
    "without a mask or a filter.",
    "featureless": "The photo shows no detail at all, so no grade is given. Uncover the lens and take it again.",
    "blurred": "The photo is blurred, so small lesions may be missed. Wipe the lens, hold still and tap the face to "
    "focus.",
    "dark": "The photo is dark. Face a window or turn on a light, and take it again.",
    "overexposed": "Much of the photo is burnt out white. Turn the flash off or step out of direct sun.",
    "small": "The photo is small, so small lesions may be missed. Send it as the camera took it.",
}


@dataclass(frozen=True)
class Photo:
    """An upright RGB photo; `left` shows the patient's left side, nothing is mirrored.

    `full` is the photo's size where `pixels` were decoded at a fraction of it; boxes are in these pixels.
    """

    pixels: Image.Image
    view: str = "front"
    guided: bool = False
    name: str = "photo"
    full: tuple[int, int] | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the whole photo."""
        return self.full or self.pixels.size


@dataclass(frozen=True)
class Candidate:
    """A possible lesion: the model's class and score, its box in the photo, √area as a share of the square."""

    kind: int
    score: float
    box: tuple[float, float, float, float]
    size: float


@dataclass(frozen=True)
class Place:
    """Where a candidate lies: position in `ZONES`, side, whether this photo's view counts that zone, its name."""

    zone: int
    side: int
    counts: bool
    name: str | None


class Model:
    """The tables of a bundle's manifest and what follows from them; `file` is the model that runs."""

    def __init__(self, manifest: Mapping[str, Any], file: str | None = None) -> None:
        self.manifest = manifest
        self.zones = manifest["zones"]
        self.calibration = manifest["calibration"]
        self.grading = manifest["grading"]
        self.table = manifest["change"]
        self.size_px = int(manifest["input"]["shape"][1])
        self.file = file or manifest["default_file"]
        self.sha256 = manifest["files"][self.file]["sha256"]

    # From the photo to the model's input, and from its outputs back to the photo.

    def corner_and_side(self, photo: Photo) -> tuple[int, int, int]:
        """Left, top and side of the square in `photo.pixels`: the oval's bounding square, or all, padded."""
        width, height = photo.pixels.size
        side = max(width, height)
        if photo.guided:
            oval = self.zones["oval"]
            side = round(2 * max(oval["radius_u"], oval["radius_v"]) * min(width, height))  # half to even
        return (width - side) // 2, (height - side) // 2, side  # rounded down, also below zero

    def square(self, photo: Photo) -> Image.Image:
        """What the model sees: S × S, RGB."""
        left, top, side = self.corner_and_side(photo)
        square = Image.new("RGB", (side, side), (self.manifest["input"]["pad_value"],) * 3)
        square.paste(photo.pixels, (-left, -top))
        return square.resize((self.size_px, self.size_px), Image.Resampling.BILINEAR)

    def tensor(self, photo: Photo) -> Array:
        """[1, S, S, 3] float32, RGB, 0–1."""
        return np.asarray(self.square(photo), np.float32)[None] / np.float32(255)

    def candidates(self, photo: Photo, boxes: Array, classes: Array, scores: Array, count: Array) -> list[Candidate]:
        """The rows that reach the score floor, best first, as boxes in the whole photo, cut at its edges."""
        rows = [
            (float(score), float(kind), *map(float, box))
            for score, kind, box in zip(np.ravel(scores), np.ravel(classes), np.reshape(boxes, (-1, 4)), strict=True)
        ]
        if not all(math.isfinite(value) for row in rows for value in row) or not np.isfinite(count).all():
            raise ValueError("the model answered with numbers that are not finite")
        rows = [row for row in rows[: int(np.ravel(count)[0])] if row[0] >= self.calibration["score_floor"]]
        if any(row[0] > 1 + 1e-6 or not 0 <= round(row[1]) < len(TYPES) for row in rows):
            raise ValueError("the model answered with a class or a score out of range")
        left, top, side = self.corner_and_side(photo)
        width, height = photo.size
        across, down = width / photo.pixels.width, height / photo.pixels.height
        found = []
        for score, kind, y0, x0, y1, x1 in sorted(rows, key=lambda row: -row[0]):
            x = [min(max((left + side * value) * across, 0.0), width) for value in (x0, x1)]
            y = [min(max((top + side * value) * down, 0.0), height) for value in (y0, y1)]
            if x[0] < x[1] and y[0] < y[1]:
                size = math.sqrt(max(y1 - y0, 0.0) * max(x1 - x0, 0.0))
                found.append(Candidate(round(kind), score, (x[0], y[0], x[1], y[1]), size))
        return found

    # Where on the face.

    def captured(self, views: Sequence[str]) -> dict[str, str]:
        """Each zone that these views capture, with the view that owns it."""
        owner = {zone: next((v for v in self.zones["owners"][zone] if v in views), None) for zone in ZONES}
        return {zone: view for zone, view in owner.items() if view}

    def place(self, candidate: Candidate, photo: Photo, captured: Mapping[str, str]) -> Place:
        """Where the centre lies in the oval u² + v² ≤ 1; without the guide all count in one unnamed place."""
        if not photo.guided:
            return Place(0, LEFT, True, None)
        (x0, y0, x1, y1), (width, height) = candidate.box, photo.size
        oval, short = self.zones["oval"], min(width, height)
        u = ((x0 + x1) / 2 - width / 2) / (oval["radius_u"] * short)
        v = ((y0 + y1) / 2 - height / 2) / (oval["radius_v"] * short)
        side = {"left": LEFT, "right": RIGHT}.get(photo.view, LEFT if u >= 0 else RIGHT)
        for name, u_min, u_max, v_min, v_max in self.zones["views"][photo.view]:
            if u_min <= u <= u_max and v_min <= v <= v_max and u * u + v * v <= 1:
                return Place(ZONES.index(name), side, captured.get(name) == photo.view, name)
        return Place(-1, side, False, None)

    # What the scores are worth.

    def type_probabilities(self, candidate: Candidate) -> list[float]:
        """P(type | the model's class, score band, size)."""
        given = self.calibration["type_given"]
        band = sum(candidate.score >= edge for edge in given["score_edges"])
        small, large = (table[TYPES[candidate.kind]][band] for table in given["by_size"])
        share = self._largeness(candidate)
        return [s + share * (t - s) for s, t in zip(small, large, strict=True)]

    def expected_lesions(self, candidate: Candidate) -> list[float]:
        """Reference lesions of each type that the candidate stands for."""
        expected = self.type_probabilities(candidate)
        for name, members in GROUPS.items():
            group = self.calibration["counts"][name]
            small, large = (interpolate(candidate.score, group["knots"], weights) for weights in group["weights"])
            for kind in members:
                expected[kind] *= small + self._largeness(candidate) * (large - small)
        return expected

    def _largeness(self, candidate: Candidate) -> float:
        return interpolate(candidate.size, self.calibration["sizes"], (0.0, 1.0))

    # One visit.

    def assess(self, photos: Sequence[Photo], candidates: Sequence[Sequence[Candidate]]) -> dict[str, Any]:
        """The assessment of one visit as the server takes it; photos of one view are re-posed frames of it."""
        check_visit(photos)
        guided = photos[0].guided
        captured = self.captured([photo.view for photo in photos]) if guided else {}
        qualities = [judge(photo, self.zones["oval"]) for photo in photos]
        shares, drawn, frames = share_out(photos, qualities)
        places = [[self.place(c, photo, captured) for c in f] for photo, f in zip(photos, candidates, strict=True)]
        flat = [(p, i) for p, found in enumerate(candidates) for i in range(len(found)) if places[p][i].counts]
        lesions = {at: self.expected_lesions(candidates[at[0]][at[1]]) for at in flat}
        averaged = [[shares[at[0]] * lesion for lesion in lesions[at]] for at in flat]
        expected = Expected(self, averaged, [places[p][i] for p, i in flat], list(captured))
        shown = [at for at in flat if at[0] in drawn]
        counts = count_lesions(expected, len(shown), self.calibration["interval"])
        chosen = choose_counted([lesions[at] for at in shown], [counts[kind]["value"] for kind in TYPES])
        counted = {at: kind for at, kind in zip(shown, chosen, strict=True) if kind is not None}
        zones = {zone: dict.fromkeys(TYPES, 0) for zone in captured} if guided else None
        for (p, i), kind in counted.items():
            name = places[p][i].name
            if zones and name:
                zones[name][TYPES[kind]] += 1
        return {
            "visit": True,
            "photos": [
                {
                    "photo": photos[p].name,
                    "view": photos[p].view,
                    "guided": photos[p].guided,
                    "lesions": [
                        {
                            "type": TYPES[counted.get((p, i), c.kind)],
                            "score": c.score,
                            "box": list(c.box),
                            "probabilities": self.type_probabilities(c),
                            "zone": places[p][i].name,
                            "counted": (p, i) in counted,
                        }
                        for i, c in enumerate(candidates[p])
                    ],
                    "quality": qualities[p],
                }
                for p in drawn
            ],
            "counts": counts,
            "zones": zones,
            "zones_expected": expected.by_zone() if guided else None,
            "frames": frames,
            "grades": self.grades(expected, [qualities[p] for p in drawn]),
            "experimental": ["non_inflammatory"],
            "model": {
                "id": self.manifest["id"],
                "version": self.manifest["version"],
                "sha256": self.sha256,
            },
        }

    def grades(self, expected: Expected, qualities: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Every instrument's grade; none where a photo shows little skin or no detail."""
        codes = [{warning["code"] for warning in quality["warnings"]} for quality in qualities]
        for code, why in (("little_skin", "little skin is seen"), ("featureless", "no detail is seen")):
            if any(code in found for found in codes):
                of = "a photo of the visit" if len(qualities) > 1 else "the photo"
                return {name: {"unavailable": f"{why} in {of}; take it again"} for name in INSTRUMENTS}
        return {name: grade(expected, self.grading[name]) for name, grade in INSTRUMENTS.items()}


def check_visit(photos: Sequence[Photo]) -> None:
    """Refuse photos that do not make one visit."""
    views = [photo.view for photo in photos]
    if not photos or not set(views) <= set(VIEWS):
        raise ValueError(f"a visit needs photos of the views {', '.join(VIEWS)}")
    if len({photo.guided for photo in photos}) > 1 or (len(set(views)) > 1 and not photos[0].guided):
        raise ValueError("a visit of several views needs the guide, or lesions count twice")


def share_out(photos: Sequence[Photo], qualities: Sequence[Mapping[str, Any]]) -> tuple[list[float], list[int], int]:
    """What each photo counts for among the frames of its view, which is drawn (the sharpest), fewest frames a view."""
    shares, drawn, numbers = [0.0] * len(photos), [], []
    unfit = {"little_skin", "featureless"}
    for view in dict.fromkeys(photo.view for photo in photos):
        frames = [p for p, photo in enumerate(photos) if photo.view == view]
        used = [p for p in frames if not unfit & {w["code"] for w in qualities[p]["warnings"]}] or frames
        for p in used:
            shares[p] = 1 / len(used)
        drawn.append(max(used, key=lambda p: qualities[p]["sharpness"]))
        numbers.append(len(used))
    return shares, sorted(drawn), min(numbers)


class Expected:
    """Mean lesions by zone, side and type: what the candidates stand for, and a base by area for those missed."""

    def __init__(
        self, model: Model, lesions: Sequence[Sequence[float]], places: Sequence[Place], zones: Sequence[str]
    ) -> None:
        self.zones = zones
        counts, share = model.calibration["counts"], model.zones["area_share"]
        self.alpha = {name: float(counts[name]["alpha"]) for name in GROUPS}
        areas = [[share[zone] * part for part in side_shares(zone)] for zone in zones] or [[1.0, 0.0]]
        self.mean = [[[0.0] * len(TYPES) for _ in (LEFT, RIGHT)] for _ in areas]
        for lesion, place in zip(lesions, places, strict=True):
            cell = self.mean[zones.index(ZONES[place.zone]) if zones else 0][place.side]
            for kind, number in enumerate(lesion):
                cell[kind] += number
        seen = [sum(lesion[kind] for lesion in lesions) for kind in range(len(TYPES))]
        for name, members in GROUPS.items():
            total = sum(seen[kind] for kind in members)
            for cells, area in zip(self.mean, areas, strict=True):
                for cell, part in zip(cells, area, strict=True):
                    for kind in members:
                        cell[kind] += counts[name]["base"] * part * (seen[kind] / total if total else 1 / len(members))

    def of(self, kinds: Sequence[int], zone: int | None = None, side: int | None = None) -> float:
        """Mean of these types, in all zones and on both sides or in one."""
        cells = self.mean if zone is None else [self.mean[zone]]
        return sum(cell[k] for both in cells for s, cell in enumerate(both) if side in (None, s) for k in kinds)

    def by_zone(self) -> dict[str, dict[str, float]]:
        """Mean lesions of each type and group in each zone: what change is computed from."""
        kinds = {**{name: (kind,) for kind, name in enumerate(TYPES)}, **GROUPS}
        return {
            zone: {name: self.of(members, zone=place) for name, members in kinds.items()}
            for place, zone in enumerate(self.zones)
        }

    def distribution(self, group: str) -> list[float]:
        """Probability of 0, 1, 2, … lesions of a group."""
        return negative_binomial(self.of(GROUPS[group]), self.alpha[group])

    def nodule_share(self) -> float:
        """Share of nodules in the inflammatory lesions."""
        inflammatory = self.of(GROUPS["inflammatory"])
        return self.of([NODULE]) / inflammatory if inflammatory else 0.0

    def basis(self) -> str:
        """What of the face is graded."""
        if not self.zones:
            return "unguided photo"
        return "guided face" if len(self.zones) == len(ZONES) else f"partial face: {', '.join(self.zones)}"


def side_shares(zone: str) -> tuple[float, float]:
    """How a zone's area falls to the left and the right side of the face."""
    return {"left_cheek": (1.0, 0.0), "right_cheek": (0.0, 1.0)}.get(zone, (0.5, 0.5))


def interpolate(x: float, knots: Sequence[float], values: Sequence[float]) -> float:
    """Linear between the knots, level beyond them."""
    if x >= knots[-1]:
        return values[-1]
    above = next(position for position, knot in enumerate(knots) if x < knot)
    if above == 0:
        return values[0]
    low, high = knots[above - 1], knots[above]
    return values[above - 1] + (values[above] - values[above - 1]) * (x - low) / (high - low)


# Counts: negative binomial, variance mean + alpha·mean².


def negative_binomial(mean: float, alpha: float) -> list[float]:
    """P(0), P(1), …; what lies beyond five standard deviations and a tail is on the last entry."""
    if mean <= 0:
        return [1.0]
    last = math.ceil(mean + 5 * math.sqrt(mean + alpha * mean * mean) + 14 * (1 + alpha * mean))
    logarithm, step = log_none(mean, alpha), math.log(mean) - math.log1p(alpha * mean)
    chances = [math.exp(logarithm)]
    for k in range(1, last + 1):
        logarithm += math.log1p(alpha * (k - 1)) - math.log(k) + step
        chances.append(math.exp(logarithm))
    chances[-1] += max(0.0, 1 - sum(chances))
    return chances


def log_none(mean: float, alpha: float) -> float:
    """Logarithm of P(0)."""
    return -math.log1p(alpha * mean) / alpha if alpha else -mean


def first_reaching(chances: Sequence[float], level: float) -> int:
    """The smallest k with P(at most k) ≥ level."""
    below = 0.0
    for k, chance in enumerate(chances):
        below += chance
        if below >= level:
            return k
    return len(chances) - 1


def count_lesions(expected: Expected, candidates: int, interval: float) -> dict[str, dict[str, Any]]:
    """Counts with intervals by type and group and in total; never more than there are candidates to draw."""
    counts: dict[str, dict[str, Any]] = {kind: {} for kind in TYPES}
    left = candidates
    for name, members in GROUPS.items():
        mean, alpha = expected.of(members), expected.alpha[name]
        value = min(math.floor(mean + 0.5), left)
        left -= value
        means = [expected.of([kind]) for kind in members]
        for kind, part, of_type in zip(members, means, apportion(value, means), strict=True):
            counts[TYPES[kind]] = as_count(of_type, part, negative_binomial(part, alpha), interval)
        counts[name] = as_count(value, mean, expected.distribution(name), interval)
    both = [counts[name] for name in GROUPS]
    chances = convolve(*(expected.distribution(name) for name in GROUPS))
    total, mean = sum(count["value"] for count in both), sum(count["expected"] for count in both)
    return {**counts, "total": as_count(total, mean, chances, interval)}


def as_count(value: int, mean: float, chances: Sequence[float], interval: float) -> dict[str, Any]:
    """A count with its central interval, widened where the value falls outside."""
    tail = (1 - interval) / 2
    low, high = first_reaching(chances, tail), first_reaching(chances, 1 - tail)
    return {"value": value, "low": min(low, value), "high": max(high, value), "expected": mean}


def convolve(one: Sequence[float], other: Sequence[float]) -> list[float]:
    """Distribution of the sum of two independent counts."""
    chances = [0.0] * (len(one) + len(other) - 1)
    for i, p in enumerate(one):
        for j, q in enumerate(other):
            chances[i + j] += p * q
    return chances


def apportion(value: int, means: Sequence[float]) -> list[int]:
    """Split a whole number by largest remainder; ties go to the earlier one."""
    if value == 0:
        return [0] * len(means)
    quotas = [value * mean / sum(means) for mean in means]
    whole = [math.floor(quota) for quota in quotas]
    for position in sorted(range(len(means)), key=lambda p: whole[p] - quotas[p])[: value - sum(whole)]:
        whole[position] += 1
    return whole


def choose_counted(lesions: Sequence[Sequence[float]], values: Sequence[int]) -> list[int | None]:
    """The type each candidate is counted as. Each group takes what most stands for it, then gives out its types."""
    counted: list[int | None] = [None] * len(lesions)
    for members in GROUPS.values():
        left = {kind: values[kind] for kind in members}
        stands_for = [sum(lesion[kind] for kind in members) for lesion in lesions]
        free = [position for position, kind in enumerate(counted) if kind is None]
        chosen = sorted(free, key=lambda p: -stands_for[p])[: sum(left.values())]
        pairs = [(lesions[p][kind] / max(stands_for[p], 1e-12), p, kind) for p in chosen for kind in members]
        for _, position, kind in sorted(pairs, key=lambda pair: -pair[0]):
            if left[kind] and counted[position] is None:
                counted[position] = kind
                left[kind] -= 1
    return counted


# Grades: each takes the expected counts and its table.


def ordinal(
    chances: Sequence[float], names: Sequence[Any], expected: Expected, table: Mapping[str, Any]
) -> dict[str, Any]:
    """A grade: the median of its distribution."""
    clipped = [max(chance, 0.0) for chance in chances]
    distribution = [chance / sum(clipped) for chance in clipped]
    scale = {"out_of": table["out_of"]} if "out_of" in table else {}
    return {
        "value": names[first_reaching(distribution, 0.5 - 1e-12)],
        **scale,
        "distribution": {str(name): chance for name, chance in zip(names, distribution, strict=True)},
        "basis": expected.basis(),
        "validated": table["validated"],
    }


def graded(number: int, up_to: Sequence[int]) -> int:
    """The grade of so many lesions, where `up_to[g]` is the most still graded g."""
    return sum(number > most for most in up_to)


def thinned(number: int, share: float, most: int) -> list[float]:
    """P(0, 1, … `most` or more of so many lesions are of a kind with that share)."""
    chances = [math.comb(number, j) * share**j * (1 - share) ** max(number - j, 0) for j in range(most)]
    return [*chances, min(max(1 - sum(chances), 0.0), 1.0)]


def raised_by_comedones(inflammatory: Sequence[float], expected: Expected, table: Mapping[str, Any]) -> list[float]:
    """Let the comedones' own grade raise the inflammatory grade, by at most `comedones_raise_by`."""
    final = [0.0] * len(inflammatory)
    for number, chance in enumerate(expected.distribution("non_inflammatory")):
        alone = graded(number, table["comedones_up_to"])
        for grade, weight in enumerate(inflammatory):
            most = max(grade, table["comedones_start"]) + table["comedones_raise_by"]
            final[max(grade, min(most, alone))] += weight * chance
    return final


def nodule_grade(number: int, table: Mapping[str, Any]) -> int:
    """The least grade with so many nodules."""
    return max((grade for start, grade in table["nodules_from"] if number >= start), default=0)


def iga(expected: Expected, table: Mapping[str, Any]) -> dict[str, Any]:
    """Investigator's Global Assessment, 0–4."""
    chances = [0.0] * 5
    most = table["nodules_from"][-1][0]
    for number, chance in enumerate(expected.distribution("inflammatory")):
        for nodules, share in enumerate(thinned(number, expected.nodule_share(), most)):
            grade = max(graded(number, table["inflammatory_up_to"]), nodule_grade(nodules, table))
            chances[grade] += chance * share
    return ordinal(raised_by_comedones(chances, expected, table), range(5), expected, table)


def gea(expected: Expected, table: Mapping[str, Any]) -> dict[str, Any]:
    """Global Acne Evaluation, 0–5."""
    chances = [0.0] * 6
    extent, top = table["extent"], table["highly_inflammatory"]
    for number, chance in enumerate(expected.distribution("inflammatory")):
        wide = more_than(extent["share_of_zones_over"], number, expected)
        for nodules, share in enumerate(thinned(number, expected.nodule_share(), top["nodules_from"])):
            grade = max(graded(number, table["inflammatory_up_to"]), nodule_grade(nodules, table))
            if nodules >= top["nodules_from"] and number >= top["inflammatory_from"]:
                grade = top["grade"]
            spread = max(grade, extent["grade"] if number >= extent["inflammatory_from"] else 0)
            chances[grade] += chance * share * (1 - wide)
            chances[spread] += chance * share * wide
    return ordinal(raised_by_comedones(chances, expected, table), range(6), expected, table)


def more_than(share: float, number: int, expected: Expected) -> float:
    """P(more than that share of zones holds one of so many lesions), by inclusion and exclusion."""
    zones, total = len(expected.zones), expected.of(GROUPS["inflammatory"])
    if not zones or not total:
        return 0.0
    shares = [expected.of(GROUPS["inflammatory"], zone=zone) / total for zone in range(zones)]
    most, at_most = min(math.floor(zones * share), zones - 1), 0.0
    for k in range(most + 1):
        within = sum(sum(chosen) ** number for chosen in combinations(shares, k))
        at_most += (-1) ** (most - k) * math.comb(zones - k - 1, most - k) * within
    return 1 - min(max(at_most, 0.0), 1.0)


def hayashi(expected: Expected, table: Mapping[str, Any]) -> dict[str, Any]:
    """Hayashi 2008: papules and pustules on the worse half of the face."""
    if len(expected.zones) < len(ZONES):
        return {"unavailable": "Hayashi grades half a face: it needs the front view taken through the guide"}
    left, right = (expected.of((PAPULE, PUSTULE), side=side) for side in (LEFT, RIGHT))
    chances = negative_binomial(left + right, expected.alpha["inflammatory"])
    share = left / (left + right) if left + right else 0.5
    at_most = [0.0]
    for most in table["half_face_up_to"]:
        at_most.append(0.0)
        for number, chance in enumerate(chances):
            for on_left in range(max(0, number - most), min(number, most) + 1):
                split = math.comb(number, on_left) * share**on_left * (1 - share) ** (number - on_left)
                at_most[-1] += chance * split
    bands = [high - low for low, high in zip(at_most, [*at_most[1:], 1.0], strict=True)]
    return ordinal(bands, table["bands"], expected, table)


def gags(expected: Expected, table: Mapping[str, Any]) -> dict[str, Any]:
    """Global Acne Grading System, face only: zone factor × worst lesion, summed."""
    if absent := [zone for zone in ZONES if zone not in expected.zones]:
        why = f"not captured: {', '.join(absent)}" if expected.zones else "no guide was used"
        return {"unavailable": f"GAGS needs all five zones, taken through the guide; {why}"}
    score = [1.0]
    for zone, name in enumerate(expected.zones):
        worse = [(PAPULE, PUSTULE, NODULE), (PUSTULE, NODULE), (NODULE,)]
        at_most = [math.exp(log_none(expected.of(k, zone=zone), expected.alpha["inflammatory"])) for k in worse]
        clear = at_most[0] * math.exp(log_none(expected.of([COMEDO], zone=zone), expected.alpha["non_inflammatory"]))
        worst = [clear, at_most[0] - clear, at_most[1] - at_most[0], at_most[2] - at_most[1], 1 - at_most[2]]
        points = [table["worst_lesion"][kind] * table["factors"][name] for kind in ("none", *TYPES)]
        chances = [0.0] * (max(points) + 1)
        for point, chance in zip(points, worst, strict=True):
            chances[point] += chance
        score = convolve(score, chances)
    return ordinal(score, range(len(score)), expected, table)


INSTRUMENTS = {"IGA": iga, "GEA": gea, "Hayashi": hayashi, "GAGS": gags}


# Change over a series of visits (INTEGRATE.md). `table` is the manifest's "change"; a visit is (week, count, frames).


class Filter:
    """Kalman filter of √count; the state is base, walk, ups and downs, these at the start, effects, offsets."""

    def __init__(
        self,
        table: Mapping[str, Any],
        visits: Sequence[Sequence[float]],
        entered: Sequence[float],
        found: Sequence[float] = (),
        breaks: Sequence[float] = (),
        *,
        looking_back: bool = False,
    ) -> None:
        self.table, self.first, last = table, visits[0][0], visits[-1][0]
        rule = table["recent"] if looking_back else {**table["course"], "walk": table["walk"]}
        self.walk, self.weeks = rule["walk"], rule["weeks"]
        within = [week for week in entered if self.first <= week <= last]
        self.start = max(v[0] for v in visits if not within or v[0] <= min(within)) if within else self.first
        roots = [math.sqrt(v[1]) for v in visits if v[0] <= self.start]
        self.level_seen = typical = max(1.0, sum(roots) / len(roots))
        self.changes = sorted(week for week in (*entered, *found) if week <= last)
        self.breaks = sorted(week for week in breaks if week <= last)
        spread = max(table["course"]["spread"] * typical, rule["spread_at_least"])
        start_from = [table["base"]["sd"], 0.0, 0.0, 0.0]
        sds = [*start_from, *(spread for _ in self.changes), *(table["break_sd"] for _ in self.breaks)]
        self.m = np.array([table["base"]["mean"]] + [0.0] * (len(sds) - 1))
        self.p = np.diag(np.square(sds))
        self.week, self.seen, self.surprise = self.first, 0, 0.0

    def update(self, week: float, count: float, frames: float) -> None:
        """Take in the next visit."""
        t, m, p = self.table, self.m, self.p
        turnover, rate = t["turnover"], t["rate"]
        slow = turnover["variance"] * (rate["variation"] * self.level_seen) ** 2
        total, passed = turnover["variance"] + slow, week - self.week
        fast = turnover["variance"] * math.exp(-passed / turnover["weeks"])
        kept = (fast + slow * math.exp(-passed / rate["weeks"])) / total if self.seen else 0.0
        p[1, 1] += self.walk * max(0.0, week - max(self.week, self.start))
        m[2] *= kept
        p[2, :] *= kept
        p[:, 2] *= kept
        p[2, 2] += total * (1 - kept**2)
        self.week = week
        sees = self.contrast(1, 1)
        sees[len(sees) - len(self.breaks) :] = [week >= since for since in self.breaks]
        along = p @ sees
        scatter = along @ sees + t["sem"] ** 2 / frames
        innovation = math.sqrt(count) - m @ sees
        self.surprise = float(innovation / math.sqrt(scatter))
        self.seen += 1
        if self.seen >= t["robust"]["from_visit"]:
            scatter *= max(1.0, (self.surprise / t["robust"]["beyond"]) ** 2)
        m += along * innovation / scatter
        p -= np.outer(along, along) / scatter
        if week <= self.start:
            m[3] = m[2]
            p[3, :] = p[2, :]
            p[:, 3] = p[:, 2]
        self.level_seen = max(1.0, float(m @ self.contrast(1)))

    def contrast(self, base: float = 0, ups_and_downs: float = 0, at_start: float = 0) -> Array:
        """Weights of the level now less that at the start, with these of base, ups and downs and those at the start."""

        def risen(weeks: float) -> float:
            return 1 - math.exp(-weeks / self.weeks) if weeks > 0 else 0.0

        reached = [risen(self.week - change) - risen(self.first - change) for change in self.changes]
        return np.array([base, 1, ups_and_downs, at_start, *np.negative(reached), *(0 for _ in self.breaks)], float)

    def measure(self, contrast: Array) -> tuple[float, float]:
        """Mean and standard deviation."""
        return float(contrast @ self.m), math.sqrt(max(0.0, float(contrast @ self.p @ contrast)))

    def z(self, contrast: Array) -> float:
        """Above 0 for fewer lesions; 0 where nothing is compared."""
        mean, deviation = self.measure(contrast)
        return -mean / deviation if deviation > 1e-9 else 0.0

    def interval(self, contrast: Array) -> list[float]:
        """Low, middle and high number of lesions."""
        mean, deviation = self.measure(contrast)
        return [max(0.0, mean + side * self.table["interval"]["z"] * deviation) ** 2 for side in (-1, 0, 1)]

    def state(self, recent: Mapping[str, float] | None) -> dict[str, Any]:
        """What may be said after the latest visit."""
        return {
            "week": self.week,
            "face": self.z(self.contrast(0, 1, -1)),
            "trend": self.z(self.contrast()),
            "half": (1 + math.erf(self.z(self.contrast(1 - math.sqrt(0.5))) / math.sqrt(2))) / 2,
            "now": self.interval(self.contrast(1, 1)),
            "level": self.interval(self.contrast(1)),
            "surprise": self.surprise,
            "recent": recent,
        }


def follow(
    table: Mapping[str, Any],
    visits: Sequence[Sequence[float]],
    changes: Sequence[float] = (),
    breaks: Sequence[float] = (),
    *,
    find: bool = False,
) -> list[dict[str, Any]]:
    """One state a visit; with `find` a change that nobody entered is taken in from when it was seen on."""
    check_series(visits, [*changes, *breaks])
    states: list[dict[str, Any]] = []
    found: list[float] = []
    running = Filter(table, visits, changes, breaks=breaks)
    for number, visit in enumerate(visits, 1):
        running.update(*visit)
        recent = look_back(table, visits[:number])
        if find and recent and abs(recent["z"]) >= table["recent"]["alarm"]:
            longest = max(table["recent"]["back"])
            if all(week <= recent["week"] - longest for week in (*changes, *found)):
                found.append(recent["week"])
                running = Filter(table, visits, changes, found, breaks)
                for earlier in visits[:number]:
                    running.update(*earlier)
        states.append(running.state(recent))
    return states


def look_back(table: Mapping[str, Any], visits: Sequence[Sequence[float]]) -> dict[str, float] | None:
    """The clearest change of the last weeks that needs no entry: restarts some weeks back, each with a run-in."""
    clearest: dict[str, float] | None = None
    for back in table["recent"]["back"]:
        restart = visits[-1][0] - back
        window = [visit for visit in visits if visit[0] >= restart - table["recent"]["run_in"]]
        if window[0][0] <= restart:
            one = Filter(table, window, [restart], looking_back=True)
            for visit in window:
                one.update(*visit)
            z = one.z(one.contrast())
            if clearest is None or abs(z) > abs(clearest["z"]):
                clearest = {"z": z, "week": restart}
    return clearest


def compare(model: Model, assessed: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Visits over the zones that keep most of face × visits; where another model took over, a break.

    `assessed`: for each visit its "week", "zones" (expected inflammatory lesions by zone; None without the guide or
    where nothing could be judged), "frames" and "model".
    """
    share, worth_as = model.table["frames_count_as"], model.zones["area_share"]
    best, most = 0, 0.0
    for some in range(2 ** len(ZONES) - 1, 0, -1):
        wanted = _zones_in(some)
        holding = sum(bool(one["zones"]) and all(zone in one["zones"] for zone in wanted) for one in assessed)
        worth = sum(worth_as[zone] for zone in wanted) * holding
        if worth > most:
            best, most = some, worth
    zones = _zones_in(best)
    kept = [one for one in assessed if zones and one["zones"] and all(zone in one["zones"] for zone in zones)]
    return {
        "visits": [
            [
                one["week"],
                sum(one["zones"][zone] for zone in zones),
                share[min(max(one["frames"], 1), len(share)) - 1],
            ]
            for one in kept
        ],
        "zones": zones,
        "breaks": [b["week"] for a, b in pairwise(kept) if a["model"] != b["model"]],
    }


def _zones_in(some: int) -> list[str]:
    return [zone for place, zone in enumerate(ZONES) if some >> place & 1]


def check_series(visits: Sequence[Sequence[float]], weeks: Sequence[float]) -> None:
    """Refuse what is no series of visits in order."""
    if not 1 <= len(visits) <= 1000:
        raise ValueError("a series has 1 to 1000 visits")
    if not all(math.isfinite(number) for visit in (*visits, weeks) for number in visit):
        raise ValueError("a week, count or number of frames is no finite number")
    if any(count < 0 or frames <= 0 for _, count, frames in visits):
        raise ValueError("a count is below 0, or a number of frames not above it")
    if any(other[0] <= one[0] for one, other in pairwise(visits)):
        raise ValueError("visits are not in order of time, each of its own moment")


# The capture gate, at 512 px in blocks of 8 × 8 pixels.


def judge(photo: Photo, oval: Mapping[str, float]) -> dict[str, Any]:
    """Skin in the oval (without the guide: in the photo), sharpness and light, and what to tell the person."""
    blocks = photo_blocks(photo.pixels)
    luminance = blocks @ np.array([0.299, 0.587, 0.114])
    mean = luminance.mean(axis=(2, 3))
    within = inside_oval(mean.shape, oval) if photo.guided else np.ones(mean.shape, bool)
    smooth = luminance.std(axis=(2, 3)) / (mean + 1) < 0.35
    skin = looks_like_skin(blocks.mean(axis=(2, 3)), smooth) & within
    judged = skin if skin.any() else within
    centre = luminance[:, :, 1:-1, 1:-1]
    beside = luminance[:, :, 1:-1, :-2] + luminance[:, :, 1:-1, 2:]
    edges = np.abs(4 * centre - luminance[:, :, :-2, 1:-1] - luminance[:, :, 2:, 1:-1] - beside).mean(axis=(2, 3)) / (
        mean + 4
    )
    skin_fraction = float(skin.sum() / within.sum())
    sharpness = float(np.percentile(edges[judged], 90))
    brightness = float(np.median(mean[judged]) / 255)
    found = {
        "little_skin": skin_fraction < (0.30 if photo.guided else 0.12),
        "featureless": sharpness < 0.001,
        "blurred": 0.001 <= sharpness < 0.016,
        "dark": brightness < 0.06,
        "overexposed": float((blocks.min(axis=(2, 3, 4)) >= 250)[within].mean()) > 0.25,
        "small": min(photo.size) < 320,
    }
    codes = [code for code, wrong in found.items() if wrong]
    return {
        "ok": not codes,
        "skin_fraction": skin_fraction,
        "sharpness": sharpness,
        "brightness": brightness,
        "warnings": [{"code": code, "message": MESSAGES[code]} for code in codes],
    }


def photo_blocks(pixels: Image.Image) -> Array:
    """[rows, columns, 8, 8, 3]: the photo reduced by a whole number, then resized, so that its long side is 512."""
    columns, rows = (max(1, round(side * 512 / max(pixels.size) / 8)) for side in pixels.size)
    small = pixels.resize((columns * 8, rows * 8), Image.Resampling.BILINEAR, reducing_gap=1.0)
    return np.asarray(small, np.float64).reshape(rows, 8, columns, 8, 3).swapaxes(1, 2)


def inside_oval(shape: tuple[int, int], oval: Mapping[str, float]) -> Array:
    """[rows, columns] blocks whose centre lies in the oval."""
    rows, columns = shape
    short = min(rows, columns)
    u = (np.arange(columns) + 0.5 - columns / 2) / (oval["radius_u"] * short)
    v = (np.arange(rows) + 0.5 - rows / 2) / (oval["radius_v"] * short)
    return np.hypot(*np.meshgrid(u, v)) <= 1


def looks_like_skin(rgb: Array, smooth: Array) -> Array:
    """[rows, columns] smooth blocks of skin's colour ratios, six of the nine around being such, too."""
    red, green, blue = np.moveaxis(np.log(rgb + 2), 2, 0)
    alike = smooth.copy()
    for ratio, low, high in ((red - green, 0.025, 0.75), (green - blue, -0.20, 0.60), (red - blue, 0.05, 1.10)):
        alike &= (ratio > low) & (ratio < high)
    around = np.pad(alike.astype(int), 1, mode="edge")
    rows, columns = alike.shape
    return alike & (sum(around[i : i + rows, j : j + columns] for i in range(3) for j in range(3)) >= 6)
