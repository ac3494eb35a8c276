"""Figures by apparent tone."""

import dataclasses

from training.bootstrap import Figure
from training.evaluation.tone import FEWEST, tone_figures


def test_a_tone_with_few_photos_is_counted_and_not_established(clinic, counted):
    photos = counted(
        [dataclasses.replace(photo, ita=50.0 if k < 5 else 35.0) for k, photo in enumerate(clinic(5 + FEWEST))]
    )
    figures = tone_figures(photos)
    assert list(figures) == ["intermediate", "light"]
    assert figures["light"].n == 5
    assert figures["light"].centre_F1 == figures["light"].MAE == Figure(n=5)
    assert figures["intermediate"].centre_F1.value > 0.5


def test_clear_faces_have_counts_and_no_centre_f1(seen, counted):
    figures = tone_figures(counted([seen(ita=20.0) for _ in range(FEWEST)]))
    assert figures["tan"].centre_F1 is None
    assert figures["tan"].MAE is not None and figures["tan"].bias is not None
