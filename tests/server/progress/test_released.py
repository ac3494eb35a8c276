"""What a model's manifest says of the statements that rest on it."""

from server.progress.released import Noise, false_alarms_of
from server.progress.words.caveats import noise_words

STABLE = [
    {"rate_variation": variation, "spoilt": spoilt, "any": share}
    for variation, spoilt, share in ((0.2, 0, 0.12), (0.2, 0, 0.14), (0.3, 0, 0.44), (0.2, 0.05, 0.6))
]


def test_false_alarms_are_those_of_the_fluctuation_assumed_and_of_the_most_that_was_tried() -> None:
    assert false_alarms_of({"metrics": {"change": {"stable": STABLE}}}) == (0.14, 0.6)
    assert false_alarms_of({"metrics": {}}) is None


def test_a_page_says_how_often_it_is_wrong_where_that_was_simulated() -> None:
    assert "said of up to 14 in 100 stable patients, and of up to 44 where" in noise_words(
        Noise(4, 31, True, (0.14, 0.44))
    )
    assert "stable" not in noise_words(Noise(4, 31, True))
