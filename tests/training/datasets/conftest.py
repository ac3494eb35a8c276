"""Small pictures that differ from one another, drawn by number; nothing here is a photograph."""

import numpy as np
import pytest
from PIL import Image


@pytest.fixture
def draw():
    """Draw picture ``seed`` with red patches at ``boxes`` (pixels), stored lying on its side if ``exif`` says so."""

    def draw(path, seed=0, size=(160, 120), boxes=(), exif=1):
        rng = np.random.default_rng(seed)
        small = rng.integers(60, 200, (7, 9, 3), dtype=np.uint8)
        pixels = np.asarray(Image.fromarray(small).resize(size, Image.Resampling.BICUBIC)).copy()
        for x0, y0, x1, y1 in boxes:
            pixels[y0:y1, x0:x1] = (230, 20, 20)
        image = Image.fromarray(pixels)
        back = {1: None, 3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}[
            exif
        ]
        image = image if back is None else image.transpose(back)
        tags = Image.Exif()
        tags[0x0112] = exif
        path.parent.mkdir(parents=True, exist_ok=True)
        image.save(path, exif=tags, **({"quality": 95} if path.suffix == ".jpg" else {}))
        return path

    return draw
