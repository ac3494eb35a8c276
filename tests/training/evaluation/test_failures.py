"""Which lesions are missed."""

from training.evaluation.failures import failure_figures


def test_small_lesions_that_are_missed_show_as_such(seen, counted):
    large, small = (10, 10, 20, 20), (40, 40, 40.5, 40.5)
    photos = [seen([(*large, 1), (*small, 0)], [(*large, 1, 0.9)]) for _ in range(12)]
    figures = failure_figures(counted(photos))
    assert {name: recall.value for name, recall in figures.recall_by_size.items()} == {"0% to 1%": 0.0, "over 4%": 1.0}
    assert {name: recall.value for name, recall in figures.recall_by_type.items()} == {"comedo": 0.0, "papule": 1.0}
    assert figures.counts.worst_annotated == 1
