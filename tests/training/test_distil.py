"""What a teacher changes in a photo's annotation, and in the loss, with answers known beforehand."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from training.config import DistilConfig, read_config
from training.datasets.photo import UNKNOWN, AnnotatedPhoto
from training.distil import Teacher, silence, taught
from training.loss import classification_loss, inside_any, shares_loss
from training.mixture import Ingredient, Mixture
from training.soft_labels import SoftLabels, label_path, read_labels, write_labels

DISTILLED = Path(__file__).parents[2] / "training" / "distilled.yaml"
CONFIG = DistilConfig(sure=0.4, doubted=("acne04",), types=0.5, trust=0.8)
SHARES = np.array([0.1, 0.6, 0.2, 0.1], dtype=np.float32)


def photo(types, source="acne04"):
    boxes = np.array([[0.1, 0.1, 0.2, 0.2], [0.5, 0.5, 0.6, 0.6]], dtype=np.float32)
    return AnnotatedPhoto(Path("a.jpg"), source, "a", boxes, np.array(types), np.ones(4, dtype=np.float32))


def labels(boxes, chances):
    rows = np.array(boxes, dtype=np.float32)
    return SoftLabels(rows, np.array(chances, dtype=np.float32), np.tile(SHARES, (len(rows), 1)))


def test_an_untyped_box_takes_the_types_of_the_teacher_and_a_typed_one_keeps_its_own():
    word = taught(photo([UNKNOWN, 2]), labels([[0.1, 0.1, 0.2, 0.2], [0.5, 0.5, 0.6, 0.6]], [0.9, 0.9]), CONFIG)
    assert np.allclose(word.annotated[0], [1, *(0.5 * SHARES)])
    assert word.annotated[1].tolist() == [1, 0, 0, 0, 0]
    assert len(word.doubtful) == 0


@pytest.mark.parametrize(
    "box, chance, source, doubted",
    [
        ([0.8, 0.8, 0.9, 0.9], 0.5, "acne04", 1),
        ([0.8, 0.8, 0.9, 0.9], 0.3, "acne04", 0),  # the teacher is not sure
        ([0.8, 0.8, 0.9, 0.9], 0.5, "acnescu", 0),  # the source boxed everything
        ([0.12, 0.1, 0.22, 0.2], 0.5, "acne04", 0),  # the source boxed it
    ],
)
def test_only_an_unboxed_place_that_a_sure_teacher_sees_in_a_doubted_source_is_no_background(
    box, chance, source, doubted
):
    assert len(taught(photo([1, 1], source), labels([box], [chance]), CONFIG).doubtful) == doubted


def test_a_box_counts_less_the_less_the_teacher_sees_there():
    word = taught(photo([1, 1]), labels([[0.1, 0.1, 0.2, 0.2]], [0.2]), CONFIG)
    assert np.allclose(word.annotated[:, 0], [1 - 0.8 * 0.5, 1 - 0.8])


def test_a_teacher_that_never_saw_a_photo_changes_nothing(tmp_path):
    (tmp_path / "labels.json").write_text("{}")
    word, nothing = Teacher(tmp_path, CONFIG).taught(photo([UNKNOWN, 1])), silence(photo([UNKNOWN, 1]))
    assert np.array_equal(word.annotated, nothing.annotated)
    assert len(word.doubtful) == 0


def test_labels_are_read_as_they_were_written_and_found_by_their_photo(tmp_path):
    (tmp_path / "labels.json").write_text("{}")
    taught = labels([[0.1, 0.1, 0.2, 0.2]], [0.9])
    path = label_path(tmp_path, photo([UNKNOWN, 1]))
    write_labels(taught, path)
    assert np.array_equal(read_labels(path).boxes, taught.boxes)
    assert np.allclose(Teacher(tmp_path, CONFIG).taught(photo([UNKNOWN, 1])).annotated[0, 1:], 0.5 * SHARES)


def test_an_unfinished_teacher_is_refused_with_the_command_that_finishes_it(tmp_path):
    with pytest.raises(ValueError, match="python -m training teach"):
        Teacher(tmp_path, CONFIG)


def test_the_shares_loss_is_least_where_the_scores_stand_in_the_proportions_of_the_shares():
    shares = torch.from_numpy(SHARES)[None]
    fitting = torch.logit(0.5 * shares)
    fitting.requires_grad_()
    loss = shares_loss(fitting, shares).sum()
    assert loss.item() == pytest.approx(-float((SHARES * np.log(SHARES)).sum()), abs=1e-5)
    loss.backward()
    assert fitting.grad.abs().max() < 1e-6


def test_a_taught_box_is_drawn_to_the_shares_and_not_to_the_comedo_guess():
    targets = torch.zeros(1, 1, 6)
    targets[..., UNKNOWN] = 1
    logits = torch.zeros(1, 1, 4, requires_grad=True)
    certain = torch.tensor([[[1.0, 0.0, 0.0, 0.0]]])
    classification_loss(logits, targets, torch.ones(1, 4), shares=certain).backward()
    assert logits.grad[0, 0, 0] < 0
    assert (logits.grad[0, 0, 1:] > logits.grad[0, 0, 0]).all()
    silent = classification_loss(logits, targets, torch.ones(1, 4), shares=torch.zeros(1, 1, 4))
    assert silent == classification_loss(logits, targets, torch.ones(1, 4))


def test_a_doubtful_place_teaches_nothing_and_a_box_on_it_still_does():
    targets = torch.zeros(1, 3, 6)
    targets[0, 2, 1] = 1
    logits = torch.zeros(1, 3, 4, requires_grad=True)
    doubtful = torch.tensor([[True, False, True]])
    classification_loss(logits, targets, torch.ones(1, 4), doubtful=doubtful).backward()
    assert (logits.grad[0, 0] == 0).all()
    assert (logits.grad[0, 1] > 0).all()
    assert logits.grad[0, 2, 1] < 0


def test_points_are_looked_for_in_the_boxes_of_their_own_photo():
    points = torch.tensor([[5.0, 5.0], [20.0, 5.0]])
    boxes = torch.tensor([[1.0, 0.0, 0.0, 10.0, 10.0], [1.0, 15.0, 0.0, 30.0, 10.0], [2.0, 15.0, 0.0, 30.0, 10.0]])
    assert inside_any(points, boxes, 3).tolist() == [[False, False], [True, True], [False, True]]
    assert not inside_any(points, boxes[:0], 3).any()


def test_the_distilled_run_draws_the_photos_of_the_run_it_starts_from():
    distilled, trusted = read_config(DISTILLED), read_config(DISTILLED.with_name("trusted.yaml"))
    assert distilled.sources == trusted.sources
    assert distilled.distil is not None
    assert set(distilled.distil.doubted) <= set(distilled.sources)


def test_a_batch_carries_doubtful_places_where_they_lie_in_its_views(tmp_path):
    pixels = np.full((96, 96, 3), 120, dtype=np.uint8)
    pixels[60:72, 24:36] = (250, 20, 20)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    (tmp_path / "labels.json").write_text("{}")
    photo = AnnotatedPhoto(
        tmp_path / "a.png",
        "acne04",
        "a",
        np.array([[0.6, 0.1, 0.8, 0.3]], dtype=np.float32),
        np.array([UNKNOWN]),
        np.ones(4, dtype=np.float32),
    )
    write_labels(labels([[24 / 96, 60 / 96, 36 / 96, 72 / 96]], [0.9]), label_path(tmp_path, photo))
    config = replace(read_config(DISTILLED), batch=8, size_px=96, distil=CONFIG)
    batch = Mixture([Ingredient([photo], 1.0, (0.15, 0.2))], config, Teacher(tmp_path, CONFIG)).batch_at(0)
    assert len(batch["doubtful"]) > 0
    assert batch["taught"].shape == (len(batch["cls"]), 5)
    for place, *box in batch["doubtful"].tolist():
        x, y = int(48 * (box[0] + box[2])), int(48 * (box[1] + box[3]))
        red, green, _ = batch["img"][int(place), :, y, x].tolist()
        assert red > green + 100
