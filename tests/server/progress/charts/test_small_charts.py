from datetime import date, timedelta
from xml.etree import ElementTree as ET

from server.progress.charts.columns import columns_chart
from server.progress.charts.distribution import distribution_chart
from server.progress.charts.overlay import lesion_overlay
from server.progress.charts.series import CountPoint
from server.progress.charts.sparkline import sparkline
from server.timeline.assessment import Count, Lesion


def texts(root: ET.Element) -> list[str | None]:
    return [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]


def test_a_sparkline_says_its_values_in_words() -> None:
    points = [CountPoint(date(2026, 1, 5) + timedelta(weeks=w), Count(n, n, n), "a") for w, n in enumerate((9, 5, 2))]
    root = ET.fromstring(sparkline("sparkline-1", points))
    assert "9, 5, 2" in "".join(root.itertext())


def test_a_distribution_writes_each_share_beside_its_bar() -> None:
    root = ET.fromstring(distribution_chart("grade-IGA", "IGA", {"0": 0.0, "1": 0.25, "2": 0.75}, "2"))
    assert texts(root) == ["1", "25 %", "2", "75 %"]


def test_a_grade_between_probable_ones_is_kept_though_it_is_improbable() -> None:
    root = ET.fromstring(distribution_chart("x", "x", {"1": 0.5, "2": 0.001, "3": 0.499}, "1"))
    assert texts(root) == ["1", "50 %", "2", "< 1 %", "3", "50 %"]


def test_many_scores_become_columns_with_the_estimate_marked() -> None:
    root = ET.fromstring(columns_chart("x", "x", {11: 0.2, 12: 0.5, 13: 0.3}, 12, 32))
    groups = [g.get("class") for g in root.iter("{http://www.w3.org/2000/svg}g")]
    assert groups == ["other", "estimate", "other"]


def test_each_lesion_is_a_ring_at_its_place_with_the_letter_of_its_type() -> None:
    lesions = [
        Lesion("papule", (100, 200, 120, 240), "nose"),
        Lesion("pustule", (10, 10, 12, 12), None),
    ]
    root = ET.fromstring(lesion_overlay("view-1", lesions, 600, 800))
    rings = [c for c in root.iter() if c.get("class") == "ring"]
    assert root.get("viewBox") == "0 0 600 800"
    assert [(r.get("cx"), r.get("cy")) for r in rings] == [("110", "220"), ("11", "11")]
    assert texts(root) == ["P", "Pu"]
    assert "1 papule, 1 pustule" in "".join(root.itertext())


def test_a_photo_without_lesions_says_so() -> None:
    assert "No lesion was counted here." in lesion_overlay("view-1", [], 600, 800)
