# Copyright The acnetrack authors. SPDX-License-Identifier: Apache-2.0
#
# Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except in compliance with
# the License. You may obtain a copy at https://www.apache.org/licenses/LICENSE-2.0. Distributed on an "AS IS" BASIS,
# WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the License for the specific language.
"""Upright RGB photos and two models' outputs in; lesions, counts, grades and change out. Needs numpy and Pillow.

    model = Model(json.loads(Path("manifest.json").read_text()))
    photo = Photo(Image.open("face.png").convert("RGB"), view="front", guided=True)
    boxes, classes, scores, count = run(model.tensor(photo))     # with any interpreter
    places, logits = run_face(model.face_tensor(photo))          # the bundle's face.tflite
    candidates = model.candidates(photo, boxes, classes, scores, count)
    assessment = model.assess([photo], [candidates], [model.faces(photo, places, logits)])
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
SKIN = ((0, 1, 0.025, 0.75), (1, 2, -0.20, 0.60), (0, 2, 0.05, 1.10))  # channel, channel, least and most log ratio
RIGHT_EYE, LEFT_EYE, NOSE, MOUTH, RIGHT_EAR, LEFT_EAR = range(6)
FACE_PX = 128


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
        self.gate = manifest["gate"]
        self.table = manifest["change"]
        self.size_px = int(manifest["input"]["shape"][1])
        self.file = file or manifest["default_file"]
        self.sha256 = manifest["files"][self.file]["sha256"]

    # From the photo to the model's input, and from its outputs back to the photo.

    def corner_and_side(self, photo: Photo, guided: bool | None = None) -> tuple[int, int, int]:
        """Left, top and side of the square in `photo.pixels`: the oval's bounding square, or all, padded."""
        width, height = photo.pixels.size
        side = max(width, height)
        if photo.guided if guided is None else guided:
            oval = self.zones["oval"]
            side = round(2 * max(oval["radius_u"], oval["radius_v"]) * min(width, height))  # half to even
        return (width - side) // 2, (height - side) // 2, side  # rounded down, also below zero

    def square(self, photo: Photo, size: int | None = None, guided: bool | None = None) -> Array:
        """[S, S, 3] uint8 as the photo came: what the gate looks at, and the model in the reference light."""
        left, top, side = self.corner_and_side(photo, guided)
        square = Image.new("RGB", (side, side), (self.manifest["input"]["pad_value"],) * 3)
        square.paste(photo.pixels, (-left, -top))
        size = size or self.size_px
        return np.asarray(square.resize((size, size), Image.Resampling.BILINEAR))

    def inside(self, photo: Photo, size: int, guided: bool | None = None) -> tuple[slice, slice]:
        """Rows and columns of the square that show the photo and no padding."""
        left, top, side = self.corner_and_side(photo, guided)
        pads = (math.floor(max(-start, 0) * size / side + 0.5) for start in (top, left))
        rows, columns = (slice(pad, size - pad) for pad in pads)
        return rows, columns

    def exposed(self, photo: Photo, size: int | None = None, guided: bool | None = None) -> Array:
        """The square in the reference light: every level times one factor, rounded half up, at most 255."""
        size = size or self.size_px
        levels = self.square(photo, size, guided).copy()
        part = levels[self.inside(photo, size, guided)]
        part[:] = np.minimum(np.floor(np.arange(256) * self.gain(part) + 0.5), 255).astype(np.uint8)[part]
        return levels

    def gain(self, pixels: Array) -> float:
        """The factor that brings the median of the brighter part of pixels [..., 3] to the reference."""
        rule = self.manifest["input"]["exposure"]
        histogram = np.bincount(luminance(pixels).ravel(), minlength=256)
        rank, below, level = (1 - rule["brighter_share"] / 2) * histogram.sum(), 0, 0
        while below + histogram[level] < rank:
            below += int(histogram[level])
            level += 1
        median = max(level - 0.5 + (rank - below) / float(histogram[level]), 0.5)
        return float(min(max(rule["level"] / median, rule["gain_at_least"]), rule["gain_at_most"]))

    def tensor(self, photo: Photo) -> Array:
        """[1, S, S, 3] float32, RGB, 0–1."""
        return self.exposed(photo)[None].astype(np.float32) / np.float32(255)

    def face_tensor(self, photo: Photo) -> Array:
        """[1, 128, 128, 3] float32, RGB, −1–1, of the whole photo: input of the face model."""
        return self.exposed(photo, FACE_PX, False)[None].astype(np.float32) / np.float32(127.5) - np.float32(1)

    def faces(self, photo: Photo, places: Array, logits: Array) -> list[Face]:
        """The faces that the two outputs [896, 16] and [896] tell of, best first, in the whole photo."""
        left, top, side = self.corner_and_side(photo, False)
        scale = [side * whole / decoded for whole, decoded in zip(photo.size, photo.pixels.size, strict=True)]
        corner = [edge * whole / n for edge, whole, n in zip((left, top), photo.size, photo.pixels.size, strict=True)]
        return [
            Face(score, (box * scale + corner).ravel().tolist(), points * scale + corner)
            for score, box, points in decoded_faces(np.reshape(places, (-1, 16)), np.ravel(logits))
        ]

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

    def assess(
        self, photos: Sequence[Photo], candidates: Sequence[Sequence[Candidate]], faces: Sequence[Sequence[Face]]
    ) -> dict[str, Any]:
        """The assessment of one visit as the server takes it; photos of one view are re-posed frames of it."""
        check_visit(photos)
        guided = photos[0].guided
        captured = self.captured([photo.view for photo in photos]) if guided else {}
        qualities = [judge(self, photo, found) for photo, found in zip(photos, faces, strict=True)]
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
        unavailable = next((q["unavailable"] for q in (qualities[p] for p in drawn) if q["unavailable"]), None)
        reasons = [self.against_grades(qualities[p]) for p in drawn]
        against = unavailable["message"] if unavailable else next((why for why in reasons if why), None)
        deep = expected.nodules_at_least(1) >= self.gate["deep_spots_from"]
        return {
            "visit": True,
            "unavailable": unavailable,
            "findings": [self.said("deep_spots")] if deep else [],
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
            "grades": {
                name: {"unavailable": against} if against else grade(expected, self.grading[name])
                for name, grade in INSTRUMENTS.items()
            },
            "experimental": ["non_inflammatory"],
            "model": {
                "id": self.manifest["id"],
                "version": self.manifest["version"],
                "sha256": self.sha256,
            },
        }

    def against_grades(self, quality: Mapping[str, Any]) -> str | None:
        """Why a photo that can be judged is counted, but not graded."""
        if any(note["code"] == "no_whole_face" for note in quality["notes"]):
            return self.message("no_whole_face")
        return str(quality["warnings"][0]["message"]) if quality["kept"] < self.gate["warn_below"] else None

    def message(self, code: str) -> str:
        """What is told of a code."""
        return str(self.gate["messages"][code])

    def said(self, code: str) -> dict[str, str]:
        """A code with its message."""
        return {"code": code, "message": self.message(code)}


def check_visit(photos: Sequence[Photo]) -> None:
    """Refuse photos that do not make one visit."""
    views = [photo.view for photo in photos]
    if not photos or not set(views) <= set(VIEWS):
        raise ValueError(f"a visit needs photos of the views {', '.join(VIEWS)}")
    if len({photo.guided for photo in photos}) > 1 or (len(set(views)) > 1 and not photos[0].guided):
        raise ValueError("a visit of several views needs the guide, or lesions count twice")


def share_out(photos: Sequence[Photo], qualities: Sequence[Mapping[str, Any]]) -> tuple[list[float], list[int], int]:
    """What each photo counts for among the frames of its view, which is drawn (the best), fewest frames a view."""
    shares, drawn, numbers = [0.0] * len(photos), [], []
    for view in dict.fromkeys(photo.view for photo in photos):
        frames = [p for p, photo in enumerate(photos) if photo.view == view]
        used = [p for p in frames if not qualities[p]["unavailable"]] or frames
        for p in used:
            shares[p] = 1 / len(used)
        drawn.append(max(used, key=lambda p: qualities[p]["kept"]))
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

    def nodules_at_least(self, number: int) -> float:
        """P(so many nodules or more)."""
        chances, share = self.distribution("inflammatory"), self.nodule_share()
        return sum(chance * thinned(n, share, number)[number] for n, chance in enumerate(chances))

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


def ng198(expected: Expected, table: Mapping[str, Any]) -> dict[str, Any]:
    """NICE NG198 (2021): moderate to severe from so many inflammatory lesions, or so many nodules."""
    most, severe = table["nodules_from"], 0.0
    for number, chance in enumerate(expected.distribution("inflammatory")):
        many = number >= table["inflammatory_from"]
        severe += chance * (1.0 if many else thinned(number, expected.nodule_share(), most)[most])
    return ordinal([1 - severe, severe], table["bands"], expected, table)


INSTRUMENTS = {"IGA": iga, "GEA": gea, "Hayashi": hayashi, "GAGS": gags, "NG198": ng198}


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


# Faces.


@dataclass(frozen=True)
class Face:
    """A face: score, box x0 y0 x1 y1 and key points [6, 2] in pixels of the whole photo."""

    score: float
    box: Sequence[float]
    points: Array

    @property
    def size(self) -> float:
        """The longer side of the box."""
        return max(self.box[2] - self.box[0], self.box[3] - self.box[1])

    @property
    def centre(self) -> tuple[float, float]:
        """x, y of the box's centre."""
        return (self.box[0] + self.box[2]) / 2, (self.box[1] + self.box[3]) / 2

    @property
    def roll(self) -> float:
        """Angle from the right eye to the left, radians, clockwise in the photo."""
        across, down = self.points[LEFT_EYE] - self.points[RIGHT_EYE]
        return math.atan2(down, across)

    @property
    def turn(self) -> float:
        """The nose's offset from the middle of the ears along the eyes, in halves of the box's width."""
        across, down = self.points[NOSE] - (self.points[RIGHT_EAR] + self.points[LEFT_EAR]) / 2
        along = across * math.cos(self.roll) + down * math.sin(self.roll)
        return float(2 * along / (self.box[2] - self.box[0]))

    def json(self) -> dict[str, Any]:
        """As it stands in an assessment."""
        roll = math.degrees(self.roll)
        return {"score": self.score, "box": list(self.box), "roll_degrees": roll, "turn": self.turn}


def decoded_faces(places: Array, logits: Array) -> list[tuple[float, Array, Array]]:
    """Score, box [2, 2] and points [6, 2] of each face, 0–1 of the square; answers that overlap are one, weighted."""
    anchors = np.array(
        [
            ((column + 0.5) / cells, (row + 0.5) / cells)
            for cells, each in ((16, 2), (8, 6))
            for row in range(cells)
            for column in range(cells)
            for _ in range(each)
        ]
    )
    scores = 1 / (1 + np.exp(-np.clip(np.asarray(logits, np.float64), -80, 80)))
    pairs = np.asarray(places, np.float64).reshape(-1, 8, 2) / FACE_PX
    centre, points = pairs[:, 0] + anchors, pairs[:, 2:] + anchors[:, None]
    boxes = np.stack([centre - pairs[:, 1] / 2, centre + pairs[:, 1] / 2], axis=1)
    left, found = [int(i) for i in np.argsort(-scores, kind="stable") if scores[i] >= 0.3], []
    while left:
        same = [i for i in left if overlap(boxes[left[0]], boxes[i]) >= 0.3] or left[:1]
        weights = scores[same] / scores[same].sum()
        box, marks = (np.tensordot(weights, some[same], axes=1) for some in (boxes, points))
        found.append((float(scores[left[0]]), box, marks))
        left = [i for i in left if i not in same]
    return found


def overlap(one: Array, other: Array) -> float:
    """Shared area of two boxes [2, 2] as a share of their union."""
    shared = float((np.minimum(one[1], other[1]) - np.maximum(one[0], other[0])).clip(0).prod())
    union = float((one[1] - one[0]).clip(0).prod() + (other[1] - other[0]).clip(0).prod()) - shared
    return shared / union if union > 0 else 0.0


# The capture gate, on the square as the photo came, in blocks of 8 × 8 pixels.


def judge(model: Model, photo: Photo, faces: Sequence[Face]) -> dict[str, Any]:
    """Whether a photo can be judged, how many of its lesions are still counted, and what to tell the person."""
    gate, size, rules = model.gate, model.size_px, model.gate["face"]
    levels, (rows, columns) = model.square(photo), model.inside(photo, size)
    start = np.arange(size // 8) * 8
    within = ((start >= rows.start) & (start + 8 <= rows.stop))[:, None]
    within = within & ((start >= columns.start) & (start + 8 <= columns.stop))[None]
    if photo.guided:
        oval, middle = model.zones["oval"], (start + 4) / size * 2 - 1
        longer = max(oval["radius_u"], oval["radius_v"])
        u, v = np.meshgrid(middle * longer / oval["radius_u"], middle * longer / oval["radius_v"])
        within &= u * u + v * v <= 1
    skin = skin_blocks(levels, within)
    gain = model.gain(levels[rows, columns])
    if int(skin.sum()) >= 6:  # dark skin before a bright wall asks for more light
        bare = levels.reshape(len(skin), 8, len(skin), 8, 3).swapaxes(1, 2)[skin]
        gain = max(gain, model.gain(bare))
    figures = measure(photo.pixels, levels, skin, within, gain)
    kept = legibility(gate["legibility"], figures)
    share = float(skin.sum() / max(int(within.sum()), 1))
    found = real_faces(model, photo, skin, faces)
    cause, front = lost_to(figures, gate["reasons"]), photo.view == "front"
    whole = bool(found) and is_whole(found[0], rules)
    unavailable = None
    if share < gate["skin_share"]["guided" if photo.guided else "unguided"]:
        unavailable = "little_skin"
    elif figures["edge1_90"] < math.log(gate["featureless_below"] + 0.05):
        unavailable = "featureless"
    elif len(found) > 1:
        unavailable = "several_faces"
    elif photo.guided and (not found or found[0].score < rules["whole_score"]["turned"]):
        unavailable = "no_face"
    elif kept < gate["unavailable_below"]:
        unavailable = cause
    codes = [unavailable] if unavailable else []
    codes += [cause] * (kept < gate["warn_below"])
    codes += ["overexposed"] * (figures["clipped"] > gate["clipped_share"])
    codes += ["small"] * (min(photo.size) < gate["smallest_px"])
    if found and photo.guided:
        face, short = found[0], min(photo.size)
        least, most = (bound * 2 * model.zones["oval"]["radius_v"] * short for bound in rules["size"][photo.view])
        down = face.centre[1] - photo.size[1] / 2 - rules["centre"]["down"] * short
        off = max(abs(face.centre[0] - photo.size[0] / 2), abs(down))
        low, high = rules["turn"][photo.view]
        codes += ["wrong_view"] * (not low <= face.turn <= high) + ["covered"] * (not whole)
        codes += ["too_far"] * (face.size < least) + ["too_near"] * (face.size > most)
        codes += ["off_centre"] * (off > rules["centre"]["within"] * short)
    notes = ["no_whole_face"] * (not photo.guided and not whole) + ["sides_unchecked"] * (front and whole)
    mean = tiles(levels @ LUMINANCE).mean(axis=(2, 3))
    return {
        "ok": not codes,
        "kept": kept,
        "skin_fraction": share,
        "brightness": float(np.median(mean[skin if skin.any() else within]) / 255),
        "face": found[0].json() if found else None,
        "unavailable": model.said(unavailable) if unavailable else None,
        "warnings": [model.said(code) for code in dict.fromkeys(codes)],
        "notes": [model.said(code) for code in notes],
    }


def real_faces(model: Model, photo: Photo, skin: Array, faces: Sequence[Face]) -> list[Face]:
    """The faces that count as such: a doubtful one must show skin, a further one must lie apart."""
    rules, found = model.gate["face"], list[Face]()
    second = rules["second"]
    for face in faces:
        apart = all(
            face.size >= second["size"] * one.size
            and not (one.box[0] <= face.centre[0] <= one.box[2] and one.box[1] <= face.centre[1] <= one.box[3])
            for one in found
        )
        bare = face.score >= rules["whole_score"]["turned"] or (
            skin_share(model, photo, skin, face) >= rules["doubtful_skin_share"]
        )
        if face.score >= (second["score"] if found else rules["score"]) and apart and bare:
            found.append(face)
    return found


def is_whole(face: Face, rules: Mapping[str, Any]) -> bool:
    """Whether a face is seen whole."""
    return bool(face.score >= rules["whole_score"]["turned" if abs(face.turn) >= rules["turned_from"] else "front"])


def skin_share(model: Model, photo: Photo, skin: Array, face: Face) -> float:
    """Share of skin in what the square shows of a face's box."""
    left, top, side = model.corner_and_side(photo)
    middle = (np.arange(len(skin)) + 0.5) / len(skin) * side
    x, y = (
        (middle + start) * whole / n for start, whole, n in zip((left, top), photo.size, photo.pixels.size, strict=True)
    )
    x0, y0, x1, y1 = face.box
    inside = ((y >= y0) & (y <= y1))[:, None] & ((x >= x0) & (x <= x1))[None]
    return float(skin[inside].mean()) if inside.any() else 0.0


def lost_to(figures: Mapping[str, float], reasons: Mapping[str, float]) -> str:
    """What is named as the cause where lesions are lost."""
    if figures["gain"] >= math.log(reasons["dark_from_gain"]):
        return "dark"
    if min(figures[f"even{scale}"] for scale in (1, 2, 4)) < reasons["uneven_below"]:
        return "shaken"
    return "noisy" if figures["noise_30"] >= math.log(reasons["noise_from"]) else "blurred"


def legibility(table: Mapping[str, Any], figures: Mapping[str, float]) -> float:
    """Share of lesions still counted."""
    total = table["bias"]
    for name, (centre, spread, below, above) in table["figures"].items():
        away = min(max((figures[name] - centre) / spread, -3), 3)
        total += away * (below if away < 0 else above)
    return float(1 / (1 + math.exp(-total)))


LUMINANCE = np.array([0.299, 0.587, 0.114])


def luminance(pixels: Array) -> Array:
    """[...] whole 0–255 of pixels [..., 3]."""
    wide = pixels.astype(np.int64)
    return (77 * wide[..., 0] + 150 * wide[..., 1] + 29 * wide[..., 2]) >> 8


def tiles(picture: Array) -> Array:
    """[rows, columns, 8, 8] of a picture whose sides are multiples of 8."""
    height, width = picture.shape
    return picture.reshape(height // 8, 8, width // 8, 8).swapaxes(1, 2)


def skin_blocks(levels: Array, within: Array) -> Array:
    """[rows, columns] smooth blocks of skin's colour ratios, six of the nine around being such, too."""
    light = tiles(levels @ LUMINANCE)
    smooth = light.std(axis=(2, 3)) / (light.mean(axis=(2, 3)) + 1) < 0.35
    channels = [np.log(tiles(levels[..., c].astype(np.float64)).mean(axis=(2, 3)) + 2) for c in range(3)]
    alike = smooth & within
    for one, other, low, high in SKIN:
        ratio = channels[one] - channels[other]
        alike &= (ratio > low) & (ratio < high)
    around, side = np.pad(alike.astype(int), 1, mode="edge"), len(alike)
    return alike & (sum(around[i : i + side, j : j + side] for i in range(3) for j in range(3)) >= 6)


def measure(photo: Image.Image, levels: Array, skin: Array, within: Array, gain: float) -> dict[str, float]:
    """What the gate's function takes, by name."""
    light, redness = levels @ LUMINANCE * gain, (levels[..., 0].astype(np.float64) - levels[..., 1]) * gain
    brightest = tiles(levels.max(axis=2))[within]
    figures = {
        "gain": math.log(gain),
        "blocky": blockiness(photo),
        "clipped": float((brightest >= 250).mean()),
        "black": float((brightest <= 3).mean()),
    }
    here, around = skin.astype(float), within.astype(float)
    for scale in (1, 2, 4):
        everywhere = around >= 0.5 if (around >= 0.5).any() else np.ones(around.shape, bool)
        seen = here >= 0.5 if (here >= 0.5).sum() >= 6 else everywhere
        blocks = tiles(light)
        edges = laplacian(blocks)
        if scale == 1:
            figures |= percentiles("noise", noise(blocks)[seen], (10, 30, 50))
        figures |= percentiles(f"edge{scale}", edges[seen], (30, 50, 75, 90, 97))
        figures |= percentiles(f"anywhere{scale}", edges[everywhere], (90, 98))
        figures |= percentiles(f"red{scale}", laplacian(tiles(redness))[seen], (50, 90))
        figures[f"even{scale}"] = evenness(blocks, seen)
        if scale < 4:
            light, redness, here, around = (
                (one[::2, ::2] + one[1::2, ::2] + one[::2, 1::2] + one[1::2, 1::2]) / 4
                for one in (light, redness, here, around)
            )
    return figures


def percentiles(name: str, values: Array, percents: Sequence[int]) -> dict[str, float]:
    """Logarithms of percentiles, lifted by 0.05."""
    return {f"{name}_{percent}": math.log(float(np.percentile(values, percent)) + 0.05) for percent in percents}


def laplacian(blocks: Array) -> Array:
    """[rows, columns] mean |4·centre − its four neighbours| inside each block."""
    sides = blocks[:, :, 1:-1, :-2] + blocks[:, :, 1:-1, 2:] + blocks[:, :, :-2, 1:-1] + blocks[:, :, 2:, 1:-1]
    return np.abs(4 * blocks[:, :, 1:-1, 1:-1] - sides).mean(axis=(2, 3))


def noise(blocks: Array) -> Array:
    """[rows, columns] standard deviation of noise inside each block (Immerkær 1996)."""
    total = sum(
        weight * across * blocks[:, :, 1 + i : 7 + i, 1 + j : 7 + j]
        for i, weight in ((-1, 1), (0, -2), (1, 1))
        for j, across in ((-1, 1), (0, -2), (1, 1))
    )
    return np.abs(total).mean(axis=(2, 3)) * math.sqrt(math.pi / 2) / 6


def evenness(blocks: Array, seen: Array) -> float:
    """The lower log ratio of 75th percentiles of differences in two crossing directions: low after motion."""
    here = blocks[:, :, 1:, 1:]
    pairs = (
        (here - blocks[:, :, 1:, :-1], here - blocks[:, :, :-1, 1:]),
        (here - blocks[:, :, :-1, :-1], blocks[:, :, 1:, :-1] - blocks[:, :, :-1, 1:]),
    )
    ratios = []
    for pair in pairs:
        one, other = (float(np.percentile(np.abs(step).mean(axis=(2, 3))[seen], 75)) + 0.1 for step in pair)
        ratios.append(-abs(math.log(one / other)))
    return min(ratios)


def blockiness(photo: Image.Image) -> float:
    """How much steeper steps are at every eighth pixel than between, in the photo's middle 512 × 512 pixels."""
    (width, height), most = photo.size, 512
    left, top = max(0, (width - most) // 2), max(0, (height - most) // 2)
    light = luminance(np.asarray(photo.crop((left, top, min(width, left + most), min(height, top + most)))))
    total = 0.0
    for steps in (np.abs(np.diff(light, axis=1)).sum(axis=0), np.abs(np.diff(light, axis=0)).sum(axis=1)):
        whole = steps[: len(steps) // 8 * 8].reshape(-1, 8).mean(axis=0) / len(light)
        steepest = float(whole.max())
        total += math.log((steepest + 0.1) / ((float(whole.sum()) - steepest) / 7 + 0.1))
    return total / 2
