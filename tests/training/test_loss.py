"""Partial labels: what each kind of box teaches, on tensors."""

import numpy as np
import pytest
import torch

from training.datasets.photo import BUMP, COMEDO_SHARE, UNKNOWN
from training.datasets.sources import background_weights
from training.detector import LesionDetector
from training.loss import COMEDO_SHARE_OF_BUMPS, any_lesion, classification_loss

COMEDO, PAPULE = 0, 1
EVERYTHING = torch.ones(1, 4)


def gradient(logits, targets, background):
    logits = logits.clone().requires_grad_()
    classification_loss(logits, targets, background).backward()
    return logits.grad


def test_an_unboxed_comedo_is_not_background_where_comedones_were_never_boxed():
    background = torch.from_numpy(background_weights(["papule", "pustule", "nodule"], {1, 2}))[None]
    slope = gradient(torch.zeros(1, 1, 4), torch.zeros(1, 1, 6), background)[0, 0]
    assert slope[COMEDO] == 0
    assert (slope[1:] > 0).all()


def test_unboxed_skin_counts_against_every_type_where_all_were_boxed():
    assert (gradient(torch.zeros(1, 1, 4), torch.zeros(1, 1, 6), EVERYTHING) > 0).all()


def test_a_box_of_unknown_type_raises_the_inflammatory_types_and_lowers_none_of_them():
    targets = torch.zeros(1, 1, 6)
    targets[..., UNKNOWN] = 1
    slope = gradient(torch.tensor([[[-3.0, 0.5, -2.0, -3.0]]]), targets, EVERYTHING)[0, 0]
    assert (slope[1:] < 0).all()
    assert slope.argmin() == PAPULE  # The likeliest type takes the most of it.


def test_a_box_of_unknown_type_is_no_comedo_more_often_than_such_boxes_are():
    targets = torch.zeros(1, 1, 6)
    targets[..., UNKNOWN] = 1
    assert gradient(torch.tensor([[[2.0, 2.0, -2.0, -3.0]]]), targets, EVERYTHING)[0, 0, COMEDO] > 0
    assert gradient(torch.tensor([[[-4.0, 2.0, -2.0, -3.0]]]), targets, EVERYTHING)[0, 0, COMEDO] < 0


def test_a_typed_box_raises_its_type_and_lowers_the_others_whatever_the_source_boxed():
    targets = torch.zeros(1, 1, 6)
    targets[..., PAPULE] = 1
    slope = gradient(torch.zeros(1, 1, 4), targets, torch.zeros(1, 4))[0, 0]
    assert slope[PAPULE] < 0
    assert (slope[[0, 2, 3]] > 0).all()


def test_any_lesion_is_one_minus_the_product_of_absences():
    logits = torch.tensor([0.3, -1.2, 2.0, -4.0])
    expected = 1 - np.prod(1 - 1 / (1 + np.exp(-logits.numpy())))
    assert abs(float(any_lesion(logits)) - expected) < 1e-6


def test_the_loss_stays_finite_when_a_lesion_is_all_but_certain():
    targets = torch.zeros(1, 2, 6)
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


def typed(kind, target=1.0):
    targets = torch.zeros(1, 1, 6)
    targets[..., kind] = target
    return targets


def test_a_type_weight_scales_what_boxes_of_that_type_teach_and_nothing_else():
    logits = torch.tensor([[[0.3, -0.7, 0.1, -1.0]]])
    weights = (1.0, 3.0, 0.5, 2.0)

    def slope(targets, type_weights):
        wanted = logits.clone().requires_grad_()
        classification_loss(wanted, targets, EVERYTHING, type_weights).backward()
        return wanted.grad

    for kind, weight in enumerate(weights):
        torch.testing.assert_close(slope(typed(kind), weights), weight * slope(typed(kind), (1.0,) * 4))
    for targets in (typed(UNKNOWN), typed(BUMP), torch.zeros(1, 1, 6)):
        torch.testing.assert_close(slope(targets, weights), slope(targets, (1.0,) * 4))


def test_unboxed_skin_counts_in_proportion_to_how_surely_it_is_clear():
    logits, none = torch.tensor([[[0.3, -0.7, 0.1, -1.0]]]), torch.zeros(1, 1, 6)
    full = gradient(logits, none, EVERYTHING)
    share = torch.tensor([[0.6, 1.0, 0.0, 0.25]])
    torch.testing.assert_close(gradient(logits, none, share), full * share[:, None])


def test_a_box_teaches_the_same_whatever_its_source_did_not_box():
    logits = torch.tensor([[[0.3, -0.7, 0.1, -1.0]]])
    for kind in (COMEDO, PAPULE, UNKNOWN, BUMP):
        nowhere = gradient(logits, typed(kind, 0.8), torch.zeros(1, 4))
        torch.testing.assert_close(nowhere, gradient(logits, typed(kind, 0.8), EVERYTHING))


def test_photos_of_one_batch_keep_their_own_background():
    background = torch.tensor([[0.0, 1.0, 1.0, 1.0], [1.0, 0.0, 0.0, 0.0]])
    slope = gradient(torch.zeros(2, 3, 4), torch.zeros(2, 3, 6), background)
    assert torch.equal(slope > 0, background[:, None].expand(2, 3, 4) > 0)


def test_a_softly_assigned_unknown_box_draws_the_chance_of_any_lesion_to_its_target():
    logits = torch.full((1, 1, 4), -2.0, requires_grad=True)
    optimiser = torch.optim.Adam([logits], lr=0.05)
    for _ in range(600):
        optimiser.zero_grad()
        classification_loss(logits, typed(UNKNOWN, 0.7), EVERYTHING).backward()
        optimiser.step()
    assert abs(float(any_lesion(logits.detach())) - 0.7) < 0.01
    assert abs(float(logits.detach().sigmoid()[..., COMEDO]) - 0.7 * COMEDO_SHARE) < 0.02


def test_a_small_bump_is_a_comedo_or_a_papule_and_neither_pustule_nor_nodule():
    logits = torch.full((1, 1, 4), -1.0, requires_grad=True)
    optimiser = torch.optim.Adam([logits], lr=0.05)
    for _ in range(800):
        optimiser.zero_grad()
        classification_loss(logits, typed(BUMP, 0.5), EVERYTHING).backward()
        optimiser.step()
    comedo, papule, pustule, nodule = logits.detach().sigmoid()[0, 0].tolist()
    assert 1 - (1 - comedo) * (1 - papule) == pytest.approx(0.5, abs=0.01)
    assert comedo == pytest.approx(0.5 * COMEDO_SHARE_OF_BUMPS, abs=0.02)
    assert max(pustule, nodule) < 0.05


def test_a_photo_whose_source_boxed_nothing_moves_no_weight():
    torch.manual_seed(0)
    model = LesionDetector().train()
    batch = {"batch_idx": torch.zeros(0), "cls": torch.zeros(0, 1), "bboxes": torch.zeros(0, 4)}
    word = {"taught": torch.zeros(0, 5), "doubtful": torch.zeros(0, 5), "background": torch.zeros(1, 4)}
    losses, _ = model.init_criterion()(model(torch.rand(1, 3, 96, 96)), batch | word)
    losses.sum().backward()
    assert losses.sum() == 0
    assert all((p.grad == 0).all() for p in model.parameters() if p.grad is not None)
