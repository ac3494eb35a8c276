"""Partial labels: what each kind of box teaches, on tensors."""

import numpy as np
import torch

from training.datasets.photo import UNKNOWN
from training.datasets.sources import background_weights
from training.detector import LesionDetector
from training.loss import any_lesion, classification_loss

COMEDO, PAPULE = 0, 1
EVERYTHING = torch.ones(1, 4)


def gradient(logits, targets, background):
    logits = logits.clone().requires_grad_()
    classification_loss(logits, targets, background).backward()
    return logits.grad


def test_an_unboxed_comedo_is_not_background_where_comedones_were_never_boxed():
    background = torch.from_numpy(background_weights(["papule", "pustule", "nodule"], {1, 2}))[None]
    slope = gradient(torch.zeros(1, 1, 4), torch.zeros(1, 1, 5), background)[0, 0]
    assert slope[COMEDO] == 0
    assert (slope[1:] > 0).all()


def test_unboxed_skin_counts_against_every_type_where_all_were_boxed():
    assert (gradient(torch.zeros(1, 1, 4), torch.zeros(1, 1, 5), EVERYTHING) > 0).all()


def test_a_box_of_unknown_type_raises_the_inflammatory_types_and_lowers_none_of_them():
    targets = torch.zeros(1, 1, 5)
    targets[..., UNKNOWN] = 1
    slope = gradient(torch.tensor([[[-3.0, 0.5, -2.0, -3.0]]]), targets, EVERYTHING)[0, 0]
    assert (slope[1:] < 0).all()
    assert slope.argmin() == PAPULE  # The likeliest type takes the most of it.


def test_a_box_of_unknown_type_is_no_comedo_more_often_than_such_boxes_are():
    targets = torch.zeros(1, 1, 5)
    targets[..., UNKNOWN] = 1
    assert gradient(torch.tensor([[[2.0, 2.0, -2.0, -3.0]]]), targets, EVERYTHING)[0, 0, COMEDO] > 0
    assert gradient(torch.tensor([[[-4.0, 2.0, -2.0, -3.0]]]), targets, EVERYTHING)[0, 0, COMEDO] < 0


def test_a_typed_box_raises_its_type_and_lowers_the_others_whatever_the_source_boxed():
    targets = torch.zeros(1, 1, 5)
    targets[..., PAPULE] = 1
    slope = gradient(torch.zeros(1, 1, 4), targets, torch.zeros(1, 4))[0, 0]
    assert slope[PAPULE] < 0
    assert (slope[[0, 2, 3]] > 0).all()


def test_any_lesion_is_one_minus_the_product_of_absences():
    logits = torch.tensor([0.3, -1.2, 2.0, -4.0])
    expected = 1 - np.prod(1 - 1 / (1 + np.exp(-logits.numpy())))
    assert abs(float(any_lesion(logits)) - expected) < 1e-6


def test_the_loss_stays_finite_when_a_lesion_is_all_but_certain():
    targets = torch.zeros(1, 2, 5)
    targets[..., UNKNOWN] = torch.tensor([1.0, 0.0])
    assert torch.isfinite(gradient(torch.full((1, 2, 4), 60.0), targets, EVERYTHING)).all()
    assert torch.isfinite(gradient(torch.full((1, 2, 4), -60.0), targets, EVERYTHING)).all()


def test_a_whole_batch_trains_with_typed_untyped_and_no_boxes():
    torch.manual_seed(0)
    model = LesionDetector().train()
    loss = model.init_criterion()
    batch = {
        "batch_idx": torch.tensor([0.0, 0.0, 1.0]),
        "cls": torch.tensor([[1.0], [float(UNKNOWN)], [0.0]]),
        "bboxes": torch.tensor([[0.5, 0.5, 0.1, 0.1], [0.2, 0.2, 0.1, 0.1], [0.7, 0.6, 0.2, 0.2]]),
        "background": torch.ones(3, 4),
        "taught": torch.tensor([[1.0, 0, 0, 0, 0], [1.0, 0.1, 0.6, 0.2, 0.1], [0.5, 0, 0, 0, 0]]),
        "doubtful": torch.tensor([[2.0, 0.1, 0.1, 0.4, 0.4]]),
    }
    losses, parts = loss(model(torch.rand(3, 3, 96, 96)), batch)
    losses.sum().backward()
    assert set(parts) == {"box_loss", "cls_loss", "l1_loss"}
    assert all(torch.isfinite(p.grad).all() for p in model.parameters() if p.grad is not None)
    empty = {"batch_idx": torch.zeros(0), "cls": torch.zeros(0, 1), "bboxes": torch.zeros(0, 4)}
    empty |= {"taught": torch.zeros(0, 5), "doubtful": torch.zeros(0, 5)}
    losses, _ = loss(model(torch.rand(1, 3, 96, 96)), {**empty, "background": torch.ones(1, 4)})
    assert torch.isfinite(losses).all()
    assert losses[0] == 0  # No box, no box loss.
