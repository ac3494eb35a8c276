"""The graph gives each lesion once, best first."""

import numpy as np
import pytest
import torch

from mobile_models.export import graph as graphs
from mobile_models.export.convert import spotted_skin
from mobile_models.export.graph import PhoneGraph, goes_before, of_smaller, shared_area, voted
from mobile_models.export.metrics import iou
from mobile_models.export.weights import load_detector

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
    votes = boxes[0, scores[0] > 0].numpy()[:, [1, 0, 3, 2]]
    assert len(votes) >= 20
    # Boxes were apart before their rows voted, and may move a little nearer by it.
    assert (iou(votes, votes) - np.eye(len(votes))).max() < 0.75


def test_rows_of_one_lesion_vote_on_its_box_by_their_scores():
    boxes = torch.tensor([[[0.0, 0.0, 1.0, 1.0], [0.0, 0.0, 1.0, 0.8], [0.5, 0.5, 0.7, 0.7]]])
    scores = torch.tensor([[0.6, 0.2, 0.9]])
    votes = voted(boxes, scores, *shared_area(boxes))[0]
    assert torch.allclose(votes[0], torch.tensor([0.0, 0.0, 1.0, 0.95])), "three parts of 1.0 and one of 0.8"
    assert torch.allclose(votes[2], boxes[0, 2]), "who lies inside, but is no more than a part, has no say"


def test_a_box_without_area_stays_where_it_is():
    boxes = torch.tensor([[[0.3, 0.3, 0.3, 0.3], [0.0, 0.0, 1.0, 1.0]]])
    assert torch.allclose(voted(boxes, torch.tensor([[0.5, 0.5]]), *shared_area(boxes)), boxes)


def test_overlap_is_told_of_the_smaller_box():
    boxes = torch.tensor([[[0.0, 0.0, 1.0, 1.0], [0.5, 0.5, 0.7, 0.7]]])
    assert torch.allclose(of_smaller(*shared_area(boxes))[0, 0, 1], torch.tensor(1.0))


def test_of_equal_scores_the_lower_row_goes_before():
    scores, rows = torch.tensor([[0.9, 0.5, 0.5, 0.1]]), torch.tensor([[7, 3, 5, 0]])
    assert torch.equal(goes_before(scores, rows)[0], torch.triu(torch.ones(4, 4), diagonal=1))


def test_the_computed_order_gives_what_the_constant_one_gave(graph, pixels, monkeypatch):
    with torch.no_grad():
        computed = graph(pixels)
        monkeypatch.setattr(graphs, "goes_before", lambda s, _: torch.ones(s.shape[1], s.shape[1]).triu(1)[None])
        constant = graph(pixels)
    assert all(torch.equal(a, b) for a, b in zip(computed, constant, strict=True))
