"""Training photos: many people, tones, lamps and distances, with YOLO labels.

Nine photos a person: three guided fronts, two guided sides, four close-ups from two places. Every
photo has its own lesions, so that a face never predicts its count.
"""

from __future__ import annotations

import csv
import dataclasses
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from PIL import Image
from tqdm import tqdm

from mobile_models.lesions import TYPES
from mobile_models.zones import FRONT, VIEWS
from training.array import Array
from training.synthetic.acne import sample_acne
from training.synthetic.camera import MARGIN, Camera, guided_camera
from training.synthetic.identity import Identity, sample_identity
from training.synthetic.light import sample_light
from training.synthetic.render import Photo, photograph, sample_shot
from training.synthetic.scene import build_scene
from training.synthetic.sites import Sites, find_sites

PER_PERSON = 9
Person = Callable[[int, set[int]], Iterator[tuple[int, Identity, str, float, Photo]]]
COLUMNS = ("name", "identity", "ita", "view", "width", "height", "px_per_mm", *TYPES)


def close_up_camera(sites: Sites, rng: np.random.Generator) -> Camera:
    """A camera 5–9 px/mm close, aimed at a random place of the face."""
    central = sites.place[np.abs(sites.place[:, 0]) < 52]
    place = central[int(rng.integers(len(central)))]
    toward = float(np.degrees(np.arctan2(place[0], max(place[2], 20))))
    size = int(rng.choice([512, 640, 768]))
    return Camera(
        width=size,
        height=size,
        yaw_degrees=0.7 * toward + float(rng.normal(0, 12)),
        target=(float(place[0]), float(place[1]), float(place[2])),
        px_per_mm=float(rng.uniform(5, 9)) / MARGIN,
        pitch_degrees=float(rng.normal(0, 8)),
        distance_mm=420.0,
    )


def labels(photo: Photo) -> str:
    """YOLO lines: class, then centre and size relative to the photo."""
    h, w, _ = photo.pixels.shape
    rows = []
    for drawn in photo.lesions:
        x0, y0, x1, y1 = drawn.box
        rows.append(
            f"{TYPES.index(drawn.lesion.kind)} {(x0 + x1) / 2 / w:.6f} {(y0 + y1) / 2 / h:.6f} "
            f"{(x1 - x0) / w:.6f} {(y1 - y0) / h:.6f}\n"
        )
    return "".join(rows)


def _cameras(sites: Sites, rng: np.random.Generator) -> list[tuple[str, Camera, int]]:
    side = str(rng.choice(VIEWS[1:]))
    guided = [(FRONT, 3), (side, 2)]
    return [(v, guided_camera(v, margin=MARGIN), n) for v, n in guided] + [
        ("close", close_up_camera(sites, rng), 2) for _ in range(2)
    ]


def hand_held(camera: Camera, rng: np.random.Generator) -> Camera:
    """Another holding of the phone: a little turned, nearer or farther."""
    return dataclasses.replace(
        camera,
        yaw_degrees=camera.yaw_degrees + float(rng.normal(0, 5)),
        pitch_degrees=camera.pitch_degrees + float(rng.normal(0, 4)),
        px_per_mm=camera.px_per_mm * float(rng.uniform(0.85, 1.06)),
        distance_mm=camera.distance_mm * float(rng.uniform(0.75, 1.15)),
    )


def person_photos(seed: int, wanted: set[int]) -> Iterator[tuple[int, Identity, str, float, Photo]]:
    """Yield the ``wanted`` ones (0 … PER_PERSON − 1) of a person's photos."""
    rng = np.random.default_rng([seed, 61])
    who = sample_identity(seed)
    sites = find_sites(who)
    light = sample_light(rng)
    first = 0
    for view, camera, repeats in _cameras(sites, rng):
        camera = hand_held(camera, rng)
        scene = None
        numbers, first = range(first, first + repeats), first + repeats
        for number in sorted(wanted.intersection(numbers)):
            scene = scene or build_scene(who, camera, light, oversampling=1.5)
            own = np.random.default_rng([seed, 62, number])
            shot = dataclasses.replace(
                sample_shot(own, steady=1.6),
                blur_px=float(own.choice([0, 0, 0.5, 0.8])),
                noise=float(own.uniform(0.003, 0.02)),
            )
            lesions = sample_acne(who, sites, own)
            yield number, who, view, camera.px_per_mm * MARGIN, photograph(scene, lesions, shot)


def jpeg(pixels: Array, quality: int) -> bytes:
    """A JPEG file of pixels [H, W, 3] uint8, colour at full resolution."""
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=quality, subsampling=0)
    return out.getvalue()


def write_photos(out: Path, count: int, seed: int, draw: Person = person_photos, letter: str = "s") -> None:
    """Render ``count`` photos into ``out/images`` and ``out/labels``; photos in ``out/photos.csv`` are kept.

    Args:
        out: The folder.
        count: How many.
        seed: Of the people.
        draw: Yields a person's photos, ``PER_PERSON`` of them.
        letter: What the names begin with.
    """
    for folder in ("images", "labels"):
        (out / folder).mkdir(parents=True, exist_ok=True)
    table = out / "photos.csv"
    done = {row["name"] for row in csv.DictReader(table.read_text().splitlines())} if table.exists() else set()
    people = -(-count // PER_PERSON)
    with table.open("a", newline="") as handle, tqdm(total=count, unit="photo") as bar:
        writer = csv.DictWriter(handle, COLUMNS)
        if not handle.tell():
            writer.writeheader()
        for person in range(people):
            identity = seed * 100_000 + person
            names = {k: f"{letter}{identity:09d}-{k}" for k in range(min(PER_PERSON, count - person * PER_PERSON))}
            wanted = {k for k, name in names.items() if name not in done}
            bar.update(len(names) - len(wanted))
            for k, who, view, px_per_mm, photo in draw(identity, wanted):
                quality = 80 + (identity * 7 + k * 5) % 16
                (out / "images" / f"{names[k]}.jpg").write_bytes(jpeg(photo.pixels, quality))
                (out / "labels" / f"{names[k]}.txt").write_text(labels(photo))
                kinds = [d.lesion.kind for d in photo.lesions]
                row = {
                    "name": names[k],
                    "identity": identity,
                    "ita": f"{who.ita:.1f}",
                    "view": view,
                    "width": photo.pixels.shape[1],
                    "height": photo.pixels.shape[0],
                    "px_per_mm": f"{px_per_mm:.2f}",
                }
                writer.writerow({**row, **{c: kinds.count(c) for c in TYPES}})
                handle.flush()
                bar.update()
