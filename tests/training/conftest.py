"""A clinic's folder so small that training runs over it in seconds."""

import numpy as np
import pytest
import yaml
from PIL import Image

TINY = {
    "steps": 6,
    "batch": 2,
    "size_px": 64,
    "learning_rate": 0.001,
    "weight_decay": 0.01,
    "warmup_steps": 1,
    "ema_decay": 0.9,
    "seed": 7,
    "checkpoint_every": 1,
    "device": "cpu",
    "folder": {"share": 1.0, "scale": [4.0, 6.0], "held_out": 0.2},
    "rendered": {"share": 1.0, "scale": [4.0, 6.0]},
}


@pytest.fixture
def lesions():
    """Write ``count`` photos with a red patch each, in YOLO form, into a folder."""

    def write(folder, count=6, names="papule\n"):
        for kind in ("images", "labels"):
            (folder / kind).mkdir(parents=True)
        (folder / "classes.txt").write_text(names)
        for name in range(count):
            rng = np.random.default_rng(name)
            small = Image.fromarray(rng.integers(90, 200, (9, 9, 3), dtype=np.uint8))
            pixels = np.asarray(small.resize((96, 96), Image.Resampling.BICUBIC)).copy()
            pixels[40:56, 40:56] = (220, 40, 40)
            Image.fromarray(pixels).save(folder / "images" / f"{name}.png")
            (folder / "labels" / f"{name}.txt").write_text("0 0.5 0.5 0.166667 0.166667\n")
        return folder

    return write


@pytest.fixture
def tiny(tmp_path):
    """Write the knobs of a run of seconds, with changes."""

    def write(**changes):
        (tmp_path / "tiny.yaml").write_text(yaml.safe_dump(TINY | changes))
        return tmp_path / "tiny.yaml"

    return write
