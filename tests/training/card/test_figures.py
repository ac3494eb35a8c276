"""Figures in words."""

from training.bootstrap import Figure
from training.card.figures import percent, shown
from training.evaluation.compare import Interval


def test_a_figure_is_shown_with_its_interval():
    figure = Figure(value=0.6931, low=0.6712, high=0.7099, n=283)
    assert shown(figure) == "0.69 (0.67 to 0.71)"
    assert shown(figure, 3) == "0.693 (0.671 to 0.710)"
    assert shown(Interval(0.6931, 0.6712, 0.7099)) == "0.69 (0.67 to 0.71)"
    assert percent(figure) == "69 % (67 to 71)"


def test_what_is_not_established_says_so_with_the_number_of_photos():
    assert shown(Figure(n=4)) == percent(Figure(n=4)) == "not established (n = 4)"


def test_nothing_is_minus_zero():
    assert shown(Figure(value=-0.001, low=-0.6, high=0.0, n=50)) == "0.00 (-0.60 to 0.00)"
