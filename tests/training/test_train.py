"""The training loop, tried small: views, batches, resuming after a kill."""

import dataclasses

import numpy as np
import pytest
from PIL import Image
from safetensors import safe_open

from mobile_models.export.weights import WeightsError, load_detector
from mobile_models.exposure import REFERENCE
from mobile_models.image import PAD_VALUE
from training.__main__ import main
from training.augment import View, apply_view, as_a_phone_hands_it_on, draw_view
from training.config import SourceConfig, TrainConfig
from training.datasets.rendered import read_rendered
from training.degrade import Degradation
from training.mixture import Ingredient, Mixture
from training.train import train

CONFIG = TrainConfig(
    steps=4,
    batch=2,
    size_px=64,
    learning_rate=1e-3,
    weight_decay=0.01,
    warmup_steps=1,
    ema_decay=0.9,
    seed=7,
    checkpoint_every=2,
    rendered=SourceConfig(1.0, (0.8, 1.2)),
)


@pytest.fixture
def rendered(tmp_path):
    rng = np.random.default_rng(0)
    for kind in ("images", "labels"):
        (tmp_path / "drawn" / kind).mkdir(parents=True)
    for name in range(4):
        pixels = rng.integers(90, 200, (96, 96, 3), dtype=np.uint8)
        pixels[40:56, 40:56] = (220, 40, 40)
        Image.fromarray(pixels).save(tmp_path / "drawn" / "images" / f"{name}.png")
        (tmp_path / "drawn" / "labels" / f"{name}.txt").write_text("1 0.5 0.5 0.166667 0.166667\n")
    return tmp_path / "drawn"


def mixture(rendered):
    return Mixture([Ingredient(read_rendered(rendered), 1.0, (4.0, 6.0))], CONFIG)


def test_a_view_keeps_the_box_on_the_lesion(rendered):
    rng = np.random.default_rng(1)
    image = np.full((300, 200, 3), 120, dtype=np.uint8)
    image[100:130, 60:90] = (250, 20, 20)
    boxes = np.array([[60, 100, 90, 130]], dtype=np.float32)
    seen = 0
    for _ in range(40):
        view = draw_view(rng, (200, 300), boxes, np.ones(1), (0.2, 0.6), 128)
        canvas, moved, visible = apply_view(image, boxes, view, 128)
        red = (canvas[..., 0].astype(int) - canvas[..., 1]) > 120
        if not visible.any():
            continue
        seen += 1
        x0, y0, x1, y1 = np.round(moved[0]).astype(int)
        assert red[y0:y1, x0:x1].sum() >= 0.7 * red.sum()
    assert seen > 20


def test_the_same_step_gives_the_same_batch(rendered):
    first, again = (mixture(rendered).batch_at(3) for _ in range(2))
    assert all((first[key] == again[key]).all() for key in first)
    assert (mixture(rendered).batch_at(4)["img"] != first["img"]).any()


def test_a_run_goes_on_where_it_ended_when_given_more_steps(rendered, tmp_path):
    half = dataclasses.replace(CONFIG, steps=2)
    train(half, mixture(rendered), tmp_path / "run", None)
    average = train(CONFIG, mixture(rendered), tmp_path / "run", None)
    steps = [line for line in (tmp_path / "run" / "loss.jsonl").read_text().splitlines() if line]
    assert len(steps) == 1  # Every twentieth step is logged; a restart from nothing would log step 0 again.
    with safe_open(average, framework="pt") as file:
        assert {"architecture", "classes"} <= set(file.metadata())
    assert not load_detector(average).training


def test_weights_of_another_kind_are_refused(tmp_path):
    (tmp_path / "no.safetensors").write_bytes(b"not weights")
    with pytest.raises(WeightsError, match="not readable as safetensors"):
        load_detector(tmp_path / "no.safetensors")


@pytest.mark.parametrize("long_side_px", [96, 640, 1024])
def test_no_view_enlarges_beyond_the_pixels_that_a_photo_has(long_side_px):
    rng = np.random.default_rng(4)
    boxes = np.array([[20, 20, 40, 40]], dtype=np.float32)
    photo_px = (long_side_px, long_side_px * 3 // 4)
    views = [draw_view(rng, photo_px, boxes, np.ones(1), (0.3, 3.0), 128) for _ in range(200)]
    largest = max(float(np.linalg.svd(view.matrix[:, :2])[1].max()) for view in views)
    assert 0.98 < largest < 1.0001


def test_a_dim_crop_comes_to_the_light_that_its_whole_photo_measures():
    photo = np.full((200, 200, 3), 150, dtype=np.uint8)
    photo[:, :40] = 60
    view = View(np.array([[1.0, 0.0, 10.0], [0.0, 1.0, -50.0]]))
    canvas, _, _ = apply_view(photo, np.zeros((0, 4), dtype=np.float32), view, 64)
    dim = as_a_phone_hands_it_on(canvas, photo, view, Degradation(light=0.3))
    assert dim[5, 55].tolist() == pytest.approx([150] * 3, abs=2)
    assert dim[5, 30].tolist() == pytest.approx([60] * 3, abs=4)
    assert (dim[:, :10] == PAD_VALUE).all()
    assert REFERENCE.gain_of(Degradation(light=0.3).apply(photo)) == pytest.approx(1 / 0.3, rel=0.03)


def test_nothing_to_train_on_is_said_and_exits_with_2(tmp_path, capsys):
    assert main(["train", "--out", str(tmp_path / "run")]) == 2
    assert "nothing to train on" in capsys.readouterr().err
