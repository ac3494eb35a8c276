"""The graph that phones run: pixels to four tensors in the order of the TFLite Task library.

One row an anchor: the score of a row is P(any lesion) = 1 − ∏(1 − σ(zₜ)), its class the likeliest type, so
that one lesion can not come out as papule *and* pustule. One row a lesion: the head proposes a lesion several
times, so a row whose box overlaps a better row's is given the score 0, in the graph, so that no port needs to
suppress anything; but first the rows of one lesion vote on its box, each as loud as its score.

The proposals are those of the one-to-many branch, since votes need several rows a lesion. On held-out photos of
ACNE04, AcneSCU and mixed web photos it hit as well as the one-to-one branch, or better.
"""

from __future__ import annotations

import torch
from ultralytics.nn.tasks import DetectionModel
from ultralytics.utils.tal import make_anchors

from mobile_models.export.weights import detection_head

ROWS = 300
"""Rows of every output (K): severe faces exceed one hundred lesions."""

PROPOSALS = 768
"""Rows compared with each other before the best ``ROWS`` are kept: a severe face has several a lesion."""

DUPLICATE_OVERLAP = 0.6
"""Rows that share more of the smaller box with a better row are the same lesion. Chosen on held-out photos."""

VOTE_OVERLAP = 0.5
"""Rows with more intersection over union than this vote on each other's box. Chosen on held-out photos."""


class PhoneGraph(torch.nn.Module):
    """Boxes (1, K, 4) ymin xmin ymax xmax in 0–1, classes (1, K), scores (1, K), count (1,), best first.

    Args:
        model: The trained detector.
        size_px: Side of the square input; anchors and strides become constants of the graph.
    """

    def __init__(self, model: DetectionModel, size_px: int) -> None:
        super().__init__()
        head = detection_head(model)
        head.end2end = False
        model.fuse(verbose=False)
        self.body = Body(model, list(head.f))
        self.boxes, self.classes = Branch(head.cv2), Branch(head.cv3)
        with torch.no_grad():
            features = self.body(torch.zeros(1, 3, size_px, size_px))
            anchors, strides = make_anchors(features, head.stride, 0.5)
        self.register_buffer("anchors", anchors)
        self.register_buffer("strides", strides / size_px)
        self.proposals = min(PROPOSALS, len(anchors))

    def forward(self, pixels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
        """Take RGB pixels (1, 3, S, S) in 0–1."""
        features = self.body(pixels)
        distances, logits = self.boxes(features), self.classes(features)
        absent = torch.sigmoid(-logits).permute(0, 2, 1)
        none = absent[..., 0] * absent[..., 1] * absent[..., 2] * absent[..., 3]
        scores, rows = torch.topk(1 - none, self.proposals, dim=1)
        classes = torch.gather(torch.argmin(absent, dim=-1).float(), 1, rows)
        left, top, right, bottom = distances.permute(0, 2, 1).split(1, dim=-1)
        x, y = self.anchors[None, :, :1], self.anchors[None, :, 1:]
        boxes = torch.cat([y - top, x - left, y + bottom, x + right], dim=-1) * self.strides[None]
        boxes = torch.gather(boxes, 1, rows[..., None].expand(-1, -1, 4))
        shared, area = shared_area(boxes)
        overlap = (of_smaller(shared, area) * goes_before(scores, rows)).amax(dim=1)
        boxes = voted(boxes, scores, shared, area)
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


class Branch(torch.nn.Module):
    """One branch of the head over all levels: feature maps to (1, channels, anchors). A scope as `Body` is."""

    def __init__(self, heads: torch.nn.ModuleList) -> None:
        super().__init__()
        self.heads = heads

    def forward(self, features: list[torch.Tensor]) -> torch.Tensor:
        """Take the feature maps, finest first."""
        return torch.cat([head(x).flatten(2) for head, x in zip(self.heads, features, strict=True)], 2)


def goes_before(scores: torch.Tensor, rows: torch.Tensor) -> torch.Tensor:
    """Return (1, P, P) 1 where the first row has the better score, or the same and the lower number, else 0.

    Computed, not stored: as a constant this would be a megabyte of every file.
    """
    row, other = scores[:, :, None], scores[:, None, :]
    tied = torch.logical_and(row == other, rows[:, :, None] < rows[:, None, :])
    return torch.logical_or(row > other, tied).float()


def shared_area(boxes: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the area (1, P, P) that (1, P, 4) boxes share with each other, and their own areas (1, P)."""
    box, other = boxes[:, :, None, :], boxes[:, None, :, :]
    height = (torch.minimum(box[..., 2], other[..., 2]) - torch.maximum(box[..., 0], other[..., 0])).clamp(min=0)
    width = (torch.minimum(box[..., 3], other[..., 3]) - torch.maximum(box[..., 1], other[..., 1])).clamp(min=0)
    area = (boxes[..., 2] - boxes[..., 0]).clamp(min=0) * (boxes[..., 3] - boxes[..., 1]).clamp(min=0)
    return height * width, area


def of_smaller(shared: torch.Tensor, area: torch.Tensor) -> torch.Tensor:
    """Return (1, P, P) the `shared_area` as a share of the smaller box."""
    return shared / (torch.minimum(area[:, :, None], area[:, None, :]) + 1e-9)


def voted(boxes: torch.Tensor, scores: torch.Tensor, shared: torch.Tensor, area: torch.Tensor) -> torch.Tensor:
    """Return (1, P, 4): each box replaced by the mean of those that overlap it, weighted by their scores (1, P)."""
    iou = shared / (area[:, :, None] + area[:, None, :] - shared + 1e-9)
    voices = (iou > VOTE_OVERLAP).float() * scores[:, None, :]
    return (torch.matmul(voices, boxes) + 1e-9 * boxes) / (voices.sum(dim=2, keepdim=True) + 1e-9)
