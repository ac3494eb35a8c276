"""The graph gives each lesion once, best first."""

import numpy as np
import pytest
import torch

from mobile_models.export import graph as graphs
from mobile_models.export.convert import spotted_skin
from mobile_models.export.graph import DUPLICATE_OVERLAP, PhoneGraph, goes_before
from mobile_models.export.weights import load_detector
from mobile_models.metrics import iou

SIZE_PX = 256


@pytest.fixture(scope="module")
def graph(weights):
    return PhoneGraph(load_detector(weights), SIZE_PX).eval()


@pytest.fixture(scope="module")
def pixels():
    return torch.from_numpy(spotted_skin(SIZE_PX)).permute(2, 0, 1)[None]


def test_a_lesion_comes_out_once(graph, pixels):
    with torch.no_grad():
        boxes, _, scores, _ = graph(pixels)
    told = boxes[0, scores[0] > 0].numpy()[:, [1, 0, 3, 2]]
    assert len(told) >= 20
    assert (iou(told, told) - np.eye(len(told))).max() <= DUPLICATE_OVERLAP + 1e-6


def test_of_equal_scores_the_lower_row_goes_before():
    scores, rows = torch.tensor([[0.9, 0.5, 0.5, 0.1]]), torch.tensor([[7, 3, 5, 0]])
    assert torch.equal(goes_before(scores, rows)[0], torch.triu(torch.ones(4, 4), diagonal=1))


def test_the_computed_order_gives_what_the_constant_one_gave(graph, pixels, monkeypatch):
    with torch.no_grad():
        computed = graph(pixels)
        monkeypatch.setattr(graphs, "goes_before", lambda s, _: torch.ones(s.shape[1], s.shape[1]).triu(1)[None])
        constant = graph(pixels)
    assert all(torch.equal(a, b) for a, b in zip(computed, constant, strict=True))
