"""What the browser's own fake camera shows: films made of the golden photos, which the project drew."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from mobile_models.bundle import RELEASED

FRAMES_A_SECOND = 3
SIZE = (600, 800)
GREY = (90, 95, 100)


def golden(name: str) -> Image.Image:
    """One of the bundle's golden photos."""
    return Image.open(RELEASED / "golden" / "photos" / f"{name}.png").convert("RGB")


def flags(film: Path) -> list[str]:
    """What Chromium is started with; it reads the film anew whenever an app opens the camera."""
    return ["--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={film}"]


def show(film: Path, frames: Iterable[Image.Image]) -> None:
    """Puts a film before the camera, as YUV4MPEG2 in 4:2:0; it is shown again and again."""
    width, height = SIZE
    half = (width // 2, height // 2)
    made = film.with_suffix(".new")
    with made.open("wb") as file:
        file.write(f"YUV4MPEG2 W{width} H{height} F{FRAMES_A_SECOND}:1 Ip A1:1 C420jpeg\n".encode())
        for frame in frames:
            light, *colours = frame.convert("YCbCr").split()
            file.write(b"FRAME\n" + light.tobytes())
            for colour in colours:
                file.write(colour.resize(half, Image.Resampling.BOX).tobytes())
    os.replace(made, film)


def still(seconds: float, photo: Image.Image, seed: int = 0) -> Iterator[Image.Image]:
    """A photo with the noise that every sensor has."""
    pixels, chance = np.asarray(photo.convert("RGB"), dtype=np.int16), np.random.default_rng(seed)
    for _ in range(round(seconds * FRAMES_A_SECOND)):
        noise = chance.integers(-1, 2, pixels.shape, dtype=np.int16)
        yield Image.fromarray((pixels + noise).clip(0, 255).astype(np.uint8))


def far(photo: Image.Image) -> Image.Image:
    """The same from twice the distance."""
    width, height = photo.size
    seen = Image.new("RGB", photo.size, GREY)
    seen.paste(photo.resize((width // 2, height // 2)), (width // 4, height // 4))
    return seen


def turning(photos: Iterable[Image.Image], seconds: float = 8) -> Iterator[Image.Image]:
    """A person who comes into the oval for one view after the other, and leaves it in between."""
    for number, photo in enumerate(photos):
        yield from still(1, far(photo), 2 * number)
        yield from still(seconds, photo, 2 * number + 1)
