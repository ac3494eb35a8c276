"""Detection loss for partially labelled photographs, on top of ultralytics' assigner and box loss.

Four kinds of evidence, one a row of the assignment:

* an anchor on a typed box is that type and no other: binary cross-entropy on the four types;
* an anchor on a box of unknown type is *some* lesion: binary cross-entropy on
  P(any) = 1 − ∏(1 − σ(zₜ)), which leaves the split between inflammatory types free; its comedo score is
  drawn to the share of comedones among such boxes, or else the type that costs least elsewhere takes all;
* an anchor on a small bump is a comedo or a papule (``BUMP``): the same over those two, half of them comedones,
  and no other type;
* an anchor on no box counts against a type only as far as the source boxed that type
  (``AnnotatedPhoto.background``).

The assigner sees P(any) as a fifth class and P(comedo or papule) as a sixth, so that boxes of unknown type choose
their anchors by the same rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import torch
import torch.nn.functional as F
from ultralytics.utils.loss import E2ELoss, v8DetectionLoss
from ultralytics.utils.tal import make_anchors

from mobile_models.lesions import COMEDO, PAPULE
from training.datasets.photo import BUMP, COMEDO_SHARE, UNKNOWN
from training.distributed import joint_total

COMEDO_SHARE_OF_BUMPS = 0.5
"""Comedones among small bumps that are one or the other: a guess."""


def log_none(logits: torch.Tensor) -> torch.Tensor:
    """Return log ∏(1 − σ(zₜ)) over the last axis: the log-probability that no type is there."""
    return F.logsigmoid(-logits).sum(-1)


def any_lesion(logits: torch.Tensor) -> torch.Tensor:
    """Return P(any) = 1 − ∏(1 − σ(zₜ)) over the last axis."""
    return -torch.expm1(log_none(logits))


def classification_loss(
    logits: torch.Tensor,
    targets: torch.Tensor,
    background: torch.Tensor,
    type_weights: Sequence[float] = (1.0, 1.0, 1.0, 1.0),
    shares: torch.Tensor | None = None,
    doubtful: torch.Tensor | None = None,
) -> torch.Tensor:
    """Return the summed loss of a batch.

    Args:
        logits: (batch, anchors, 4) raw scores of the types.
        targets: (batch, anchors, 6) assigned soft targets; the last two columns belong to unknown boxes and bumps.
        background: (batch, 4) weight of unboxed skin as evidence against a type.
        type_weights: weight of an anchor on a typed box, by that box's type: more for rare types.
        shares: (batch, anchors, 4) a teacher's weighted distribution over types of an unknown box; zeros where it
            says nothing.
        doubtful: (batch, anchors) whether an unboxed anchor is left out of account.
    """
    by_rarity = targets.new_tensor(type_weights)[targets[..., :UNKNOWN].argmax(-1)]
    typed = targets[..., :UNKNOWN].sum(-1) > 0
    unknown = (targets[..., UNKNOWN] > 0) & ~typed
    bump = (targets[..., BUMP] > 0) & ~typed & ~unknown
    weight = background[:, None, :].expand_as(logits)
    if doubtful is not None:
        weight = weight * ~doubtful[..., None]
    untaught = unknown if shares is None else unknown & (shares.sum(-1) == 0)
    weight = torch.where(typed[..., None], by_rarity[..., None].expand_as(weight), weight)
    weight = torch.where(unknown[..., None], torch.zeros_like(weight), weight)
    weight[..., COMEDO] = torch.where(untaught, torch.ones_like(weight[..., COMEDO]), weight[..., COMEDO])
    weight = torch.where(bump[..., None], torch.ones_like(weight), weight)
    weight[..., PAPULE] = torch.where(bump, torch.zeros_like(weight[..., PAPULE]), weight[..., PAPULE])
    known = targets[..., :UNKNOWN].clone()
    known[..., COMEDO] = torch.where(untaught, COMEDO_SHARE * targets[..., UNKNOWN], known[..., COMEDO])
    known[..., COMEDO] = torch.where(bump, COMEDO_SHARE_OF_BUMPS * targets[..., BUMP], known[..., COMEDO])
    by_type = F.binary_cross_entropy_with_logits(logits, known, reduction="none")
    goal = targets[..., UNKNOWN][unknown]
    by_any = _present(log_none(logits[unknown]), goal)
    by_bump = _present(log_none(logits[bump][..., [COMEDO, PAPULE]]), targets[..., BUMP][bump])
    loss = (by_type * weight).sum() + by_any.sum() + by_bump.sum()
    return loss if shares is None else loss + (shares_loss(logits[unknown], shares[unknown]) * goal).sum()


def _present(none: torch.Tensor, goal: torch.Tensor) -> torch.Tensor:
    """Return (n,) cross-entropy of "one of them is there" against ``goal``, from the log-probability of none."""
    none = none.clamp(max=-1e-6)
    return -(goal * torch.log(-torch.expm1(none)) + (1 - goal) * none)


def shares_loss(logits: torch.Tensor, shares: torch.Tensor) -> torch.Tensor:
    """Return (n,) cross-entropy of the types' shares σ(zₜ) / Σσ(z) of (n, 4) logits against ``shares``.

    The shares, not the scores: how likely a lesion is stays P(any)'s business.
    """
    present = F.logsigmoid(logits)
    return -(shares * (present - present.logsumexp(-1, keepdim=True))).sum(-1)


def inside_any(points: torch.Tensor, boxes: torch.Tensor, count: int) -> torch.Tensor:
    """Return (count, anchors) whether a point lies in a box of its photo.

    Args:
        points: (anchors, 2) x y in pixels.
        boxes: (m, 5) place in the batch, x0 y0 x1 y1 in pixels.
        count: photos in the batch.
    """
    inside = ((points >= boxes[:, None, 1:3]) & (points <= boxes[:, None, 3:])).all(-1)
    hits = torch.zeros(count, len(points), device=points.device)
    return hits.index_add_(0, boxes[:, 0].long(), inside.float()) > 0


class PartialLabelLoss(v8DetectionLoss):
    """One branch's loss; ``batch`` is what ``training.mixture.Mixture.batch_at`` gives."""

    def __init__(
        self,
        model: torch.nn.Module,
        tal_topk: int = 10,
        tal_topk2: int | None = None,
        type_weights: Sequence[float] = (1.0, 1.0, 1.0, 1.0),
    ) -> None:
        super().__init__(model, tal_topk, tal_topk2)
        self.type_weights = tuple(type_weights)
        self.assigner.num_classes = self.nc + 2

    def loss(
        self, preds: dict[str, torch.Tensor], batch: dict[str, Any]
    ) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        """Return (box, class, L1) losses times the batch size, and the same detached by name."""
        distances = preds["boxes"].float().permute(0, 2, 1).contiguous()
        logits = preds["scores"].float().permute(0, 2, 1).contiguous()
        anchors, strides = make_anchors(preds["feats"], self.stride, 0.5)
        anchors, strides = anchors.float(), strides.float()
        count = logits.shape[0]
        size = torch.tensor(preds["feats"][0].shape[2:], dtype=torch.float32, device=self.device) * self.stride[0]
        columns = (batch["batch_idx"].view(-1, 1), batch["cls"].view(-1, 1), batch["bboxes"], batch["taught"])
        rows = torch.cat(columns, 1)
        truth = self.preprocess(rows.to(self.device), count, scale_tensor=size[[1, 0, 1, 0]])
        labels, boxes, taught = truth.split((1, 4, 1 + self.nc), 2)
        present = boxes.sum(2, keepdim=True).gt_(0.0)
        decoded = self.bbox_decode(anchors, distances)
        either = any_lesion(logits[..., [COMEDO, PAPULE]])
        scores = torch.cat([logits.sigmoid(), any_lesion(logits)[..., None], either[..., None]], -1).detach()
        _, target_boxes, targets, foreground, chosen = self.assigner(
            scores, (decoded.detach() * strides).type(boxes.dtype), anchors * strides, labels, boxes, present
        )
        total = joint_total(targets.sum())
        losses = torch.zeros(3, device=self.device)
        standing, shares = _word_on_anchors(taught, chosen)
        pixels = torch.cat([size.new_ones(1), size[[1, 0, 1, 0]]])
        doubtful = inside_any(anchors * strides, batch["doubtful"].to(self.device) * pixels, count)
        background = batch["background"].to(self.device)
        losses[1] = (
            classification_loss(logits, targets * standing, background, self.type_weights, shares, doubtful) / total
        )
        losses[0], losses[2] = self.bbox_loss(
            distances, decoded, anchors, target_boxes / strides, targets, total, foreground, size, strides
        )
        losses = losses * torch.tensor([self.hyp.box, self.hyp.cls, self.hyp.dfl], device=self.device)
        return losses * count, dict(zip(self.loss_names, losses.detach(), strict=True))


def _word_on_anchors(taught: torch.Tensor, chosen: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return (batch, anchors, 1) standing and (batch, anchors, 4) shares of the box that each anchor was given."""
    if not taught.shape[1]:  # A batch without boxes: nothing is given, and nothing to take it from.
        taught = taught.new_zeros(len(taught), 1, taught.shape[2])
    word = taught.gather(1, chosen.long()[..., None].expand(-1, -1, taught.shape[2]))
    return word[..., :1], word[..., 1:]


class EndToEndLoss(E2ELoss):
    """One-to-many and one-to-one branches, weighted by how far training has come."""

    def __init__(self, model: torch.nn.Module, type_weights: Sequence[float]) -> None:
        super().__init__(model, partial(PartialLabelLoss, type_weights=type_weights))

    def set_progress(self, done: float) -> None:
        """Move the weight from one-to-many (0.8 when 0 of the way is done) to one-to-one (0.9 at 1)."""
        self.o2m = (1 - done) * (self.o2m_copy - self.final_o2m) + self.final_o2m
        self.o2o = self.total - self.o2m
