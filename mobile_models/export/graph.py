"""The graph that phones run: pixels to four tensors in the order of the TFLite Task library.

One row an anchor: the score of a row is P(any lesion) = 1 − ∏(1 − σ(zₜ)), its class the likeliest type, so
that one lesion can not come out as papule *and* pustule. One row a lesion: the end-to-end head still proposes
some lesions twice, so a row whose box overlaps a better row's is given the score 0, in the graph, so that no
port needs to suppress anything.
"""

from __future__ import annotations

import torch
from ultralytics.nn.tasks import DetectionModel
from ultralytics.utils.tal import make_anchors

from mobile_models.export.weights import detection_head

ROWS = 300
"""Rows of every output (K): severe faces exceed one hundred lesions."""

PROPOSALS = 512
"""Rows compared with each other before the best ``ROWS`` are kept."""

DUPLICATE_OVERLAP = 0.6
"""Rows that share more of the smaller box with a better row are the same lesion. Chosen on held-out photos."""


class PhoneGraph(torch.nn.Module):
    """Boxes (1, K, 4) ymin xmin ymax xmax in 0–1, classes (1, K), scores (1, K), count (1,), best first.

    Args:
        model: The trained detector.
        size_px: Side of the square input; anchors and strides become constants of the graph.
    """

    def __init__(self, model: DetectionModel, size_px: int) -> None:
        super().__init__()
        head = detection_head(model)
        head.end2end = True
        model.fuse(verbose=False)
        self.body = Body(model, list(head.f))
        self.box_heads, self.class_heads = head.cv2, head.cv3
        if self.box_heads is None:
            self.box_heads, self.class_heads = head.one2one_cv2, head.one2one_cv3
        with torch.no_grad():
            features = self.body(torch.zeros(1, 3, size_px, size_px))
            anchors, strides = make_anchors(features, head.stride, 0.5)
        self.register_buffer("anchors", anchors)
        self.register_buffer("strides", strides / size_px)
        self.proposals = min(PROPOSALS, len(anchors))

    def forward(self, pixels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
        """Take RGB pixels (1, 3, S, S) in 0–1."""
        features = self.body(pixels)
        distances = torch.cat([h(x).flatten(2) for h, x in zip(self.box_heads, features, strict=True)], 2)
        logits = torch.cat([h(x).flatten(2) for h, x in zip(self.class_heads, features, strict=True)], 2)
        absent = torch.sigmoid(-logits).permute(0, 2, 1)
        none = absent[..., 0] * absent[..., 1] * absent[..., 2] * absent[..., 3]
        scores, rows = torch.topk(1 - none, self.proposals, dim=1)
        classes = torch.gather(torch.argmin(absent, dim=-1).float(), 1, rows)
        left, top, right, bottom = distances.permute(0, 2, 1).split(1, dim=-1)
        x, y = self.anchors[None, :, :1], self.anchors[None, :, 1:]
        boxes = torch.cat([y - top, x - left, y + bottom, x + right], dim=-1) * self.strides[None]
        boxes = torch.gather(boxes, 1, rows[..., None].expand(-1, -1, 4))
        overlap = (overlap_of_smaller(boxes) * goes_before(scores, rows)).amax(dim=1)
        scores, order = torch.topk(scores * (overlap <= DUPLICATE_OVERLAP).float(), ROWS, dim=1)
        boxes = torch.gather(boxes, 1, order[..., None].expand(-1, -1, 4))
        return boxes, torch.gather(classes, 1, order), scores, scores.new_full((1,), float(ROWS))


class Body(torch.nn.Module):
    """Backbone and neck: pixels to the feature maps that the head reads. A scope of its own in converted files."""

    def __init__(self, model: DetectionModel, levels: list[int]) -> None:
        super().__init__()
        self.layers = model.model[:-1]
        self.save = set(model.save)
        self.levels = levels

    def forward(self, pixels: torch.Tensor) -> list[torch.Tensor]:
        """Take RGB pixels (1, 3, S, S) in 0–1."""
        outputs: list[torch.Tensor | None] = []
        x = pixels
        for module in self.layers:
            if module.f != -1:
                sources = [module.f] if isinstance(module.f, int) else module.f
                inputs = [x if j == -1 else outputs[j] for j in sources]
                x = module(inputs[0] if isinstance(module.f, int) else inputs)
            else:
                x = module(x)
            outputs.append(x if module.i in self.save else None)
        return [outputs[level] for level in self.levels]


def goes_before(scores: torch.Tensor, rows: torch.Tensor) -> torch.Tensor:
    """Return (1, P, P) 1 where the first row has the better score, or the same and the lower number, else 0.

    Computed, not stored: as a constant this would be a megabyte of every file.
    """
    one, other = scores[:, :, None], scores[:, None, :]
    tied = torch.logical_and(one == other, rows[:, :, None] < rows[:, None, :])
    return torch.logical_or(one > other, tied).float()


def overlap_of_smaller(boxes: torch.Tensor) -> torch.Tensor:
    """Return (1, P, P) shared area of (1, P, 4) boxes with each other, as a share of the smaller one."""
    one, other = boxes[:, :, None, :], boxes[:, None, :, :]
    height = (torch.minimum(one[..., 2], other[..., 2]) - torch.maximum(one[..., 0], other[..., 0])).clamp(min=0)
    width = (torch.minimum(one[..., 3], other[..., 3]) - torch.maximum(one[..., 1], other[..., 1])).clamp(min=0)
    shared = height * width
    area = (boxes[..., 2] - boxes[..., 0]) * (boxes[..., 3] - boxes[..., 1])
    return shared / (torch.minimum(area[:, :, None], area[:, None, :]) + 1e-9)
