"""The teacher's views, and what it may label."""

import json

import numpy as np
import pytest
import torch
from PIL import Image

from mobile_models.image import Photo
from training.config import SourceConfig, TrainConfig
from training.detector import LesionDetector, save_weights
from training.heldout import held_out_photos, training_photos
from training.soft_labels import label_path
from training.teach import begin, label_source
from training.teacher import Ensemble, View


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    torch.manual_seed(3)
    path = tmp_path_factory.mktemp("weights") / "random.safetensors"
    save_weights(LesionDetector(), path)
    return path


def photo(mirrored=False):
    pixels = Image.fromarray(np.random.default_rng(1).integers(0, 255, (96, 64, 3), dtype=np.uint8))
    return Photo(pixels.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if mirrored else pixels, 64, 96)


def test_a_mirrored_view_finds_what_an_upright_view_finds_in_the_mirrored_photo(weights):
    seen = Ensemble([weights], [View(96, mirrored=True)]).members([photo()])[0][0]
    expected = Ensemble([weights], [View(96, mirrored=False)]).members([photo(mirrored=True)])[0][0]
    x0, y0, x1, y1 = expected.boxes.T
    assert len(seen) > 0
    assert np.allclose(seen.boxes, np.stack([1 - x1, y0, 1 - x0, y1], axis=1), atol=1e-5)
    assert np.array_equal(seen.any, expected.any)


def test_labels_are_relative_to_the_photo_and_their_types_are_shares(weights):
    labels = Ensemble([weights], [View(96, False), View(128, True)]).labels([photo()])[0]
    assert ((labels.boxes >= 0) & (labels.boxes <= 1)).all()
    assert np.allclose(labels.shares.sum(axis=1), 1, atol=1e-4)
    assert (np.diff(labels.any) <= 0).all()


def test_a_view_is_written_as_it_is_read():
    assert [str(View.parse(text)) for text in ("640", "832m")] == ["640", "832m"]


def test_a_folder_of_another_teacher_is_refused(tmp_path):
    begin({"weights": ["a"]}, tmp_path)
    begin({"weights": ["a"]}, tmp_path)
    with pytest.raises(ValueError, match="another teacher"):
        begin({"weights": ["b"]}, tmp_path)
    assert json.loads((tmp_path / "begun.json").read_text()) == {"weights": ["a"]}


def test_training_photos_are_labelled_once_and_held_out_ones_never(weights, tmp_path):
    (tmp_path / "sources.json").write_text(
        json.dumps({"classes": ["papule"], "sources": {"acnescu": {"labelled": ["papule"]}}})
    )
    for kind in ("images", "labels"):
        (tmp_path / "acnescu" / kind / "train").mkdir(parents=True)
    rng = np.random.default_rng(0)
    for name in range(8):
        pixels = Image.fromarray(rng.integers(0, 255, (64, 64, 3), dtype=np.uint8))
        pixels.save(tmp_path / "acnescu" / "images" / "train" / f"{name}.png")
        (tmp_path / "acnescu" / "labels" / "train" / f"{name}.txt").write_text("0 0.5 0.5 0.1 0.1\n")
    config = TrainConfig(
        steps=1,
        batch=1,
        size_px=64,
        learning_rate=1e-3,
        weight_decay=0.0,
        warmup_steps=1,
        ema_decay=0.9,
        seed=0,
        checkpoint_every=1,
        sources={"acnescu": SourceConfig(1.0, (1.0, 1.0), held_out=0.5)},
    )
    trained, held = training_photos(config, tmp_path, "acnescu"), held_out_photos(config, tmp_path, "acnescu")
    assert trained and held
    ensemble, out = Ensemble([weights], [View(64, False)]), tmp_path / "out"
    assert label_source(ensemble, config, tmp_path, "acnescu", out) == len(trained)
    assert sorted(out.rglob("*.npz")) == sorted(label_path(out, photo) for photo in trained)
    untouched = label_path(out, trained[0])
    untouched.write_bytes(b"labelled before")
    label_source(ensemble, config, tmp_path, "acnescu", out)
    assert untouched.read_bytes() == b"labelled before"
