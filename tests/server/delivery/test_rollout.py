"""Who gets a version first is drawn by timeline, and only ever grows."""

from types import MappingProxyType

from server.delivery.rollout import Offer
from server.delivery.shelf import Shelved

TIMELINES = [f"timeline-{number}" for number in range(2000)]


def offer(percent, version="1.0.0"):
    return Offer(Shelved(None, MappingProxyType({"line": "lesions", "version": version}), ""), percent)


def chosen(percent, version="1.0.0"):
    return {timeline for timeline in TIMELINES if offer(percent, version).is_for(timeline)}


def test_the_share_that_gets_a_version_is_about_the_percentage():
    for percent in (10, 50, 90):
        assert abs(len(chosen(percent)) / len(TIMELINES) - percent / 100) < 0.03
    assert (len(chosen(0)), len(chosen(100))) == (0, len(TIMELINES))


def test_raising_the_percentage_takes_a_version_from_nobody():
    assert chosen(5) < chosen(10) < chosen(60)


def test_other_timelines_are_first_for_another_version():
    assert chosen(10) != chosen(10, "1.1.0")


def test_a_withdrawn_version_is_for_nobody():
    assert not Offer(offer(100).bundle, 100, blocked=True).is_for("timeline-1")
