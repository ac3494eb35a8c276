"""Weighted boxes: one set of soft labels out of several members' views of one photo."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mobile_models.export.metrics import iou
from training.array import Array
from training.soft_labels import SoftLabels


def fuse(members: Sequence[SoftLabels], overlap: float) -> SoftLabels:
    """Merge members' labels of one photo.

    The best box left is the seed of a lesion; each member's best box that overlaps it joins. A lesion's box and types
    are the means of what joined, weighted by P(any); its P(any) is the mean over *all* members, a member that sees
    nothing there counting 0.

    Args:
        members: What each member sees.
        overlap: Intersection over union from which two boxes are one lesion.
    """
    boxes = np.concatenate([labels.boxes for labels in members]).astype(np.float64)
    chance = np.concatenate([labels.any for labels in members])
    shares = np.concatenate([labels.shares for labels in members])
    owner = np.repeat(np.arange(len(members)), [len(labels) for labels in members])
    same = iou(boxes, boxes) >= overlap
    free = np.ones(len(boxes), dtype=bool)
    merged: list[tuple[Array, float, Array]] = []
    order = np.argsort(-chance, kind="stable")
    for seed in order:
        if not free[seed]:
            continue
        near = order[(same[seed] & free)[order]]
        free[near] = False
        joined = near[np.unique(owner[near], return_index=True)[1]]
        weight = chance[joined] / chance[joined].sum()
        merged.append((weight @ boxes[joined], chance[joined].sum() / len(members), weight @ shares[joined]))
    fused = SoftLabels(
        np.array([lesion[0] for lesion in merged], dtype=np.float32).reshape(-1, 4),
        np.array([lesion[1] for lesion in merged], dtype=np.float32),
        np.array([lesion[2] for lesion in merged], dtype=np.float32).reshape(-1, shares.shape[1]),
    )
    return fused.taken(np.argsort(-fused.any, kind="stable"))
