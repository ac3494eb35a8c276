from dataclasses import replace
from datetime import date, timedelta
from xml.etree import ElementTree as ET

import pytest

from server.progress.charts.progress import progress_chart
from server.progress.charts.series import Course, Level, Point
from server.timeline.assessment import Count

FIRST = date(2026, 1, 5)
SVG = "{http://www.w3.org/2000/svg}"


def point(week: int, inflammatory: int, model: str = "a", iga: int | None = 2, apart: bool = False) -> Point:
    count = Count(inflammatory, inflammatory // 2, inflammatory * 2)
    return Point(FIRST + timedelta(weeks=week), count, model, Count(5, 1, 9), iga, {2: 0.7, 3: 0.3}, apart)


def drawn(points: list[Point], courses: list[Course] | None = None, **how: object) -> ET.Element:
    return ET.fromstring(progress_chart("progress-1", points, courses or [], width_px=330, **how))


def of_class(root: ET.Element, name: str) -> list[ET.Element]:
    return [element for element in root.iter() if element.get("class") == name]


def test_the_chart_is_an_image_with_a_title_and_a_description() -> None:
    root = drawn([point(0, 30), point(4, 10)])
    assert root.get("role") == "img"
    names = (root.get("aria-labelledby") or "").split()
    texts = {element.get("id"): element.text for element in root if element.get("id")}
    assert all(texts[name] for name in names)
    assert "30 (15–60) at the first and 10 (5–20) at the last" in (texts["progress-1-desc"] or "")


def test_a_visit_from_another_age_leaves_days_that_can_be_told_from_each_other() -> None:
    wrong = [date(1, 1, 1), FIRST, date(2199, 12, 31)]
    root = drawn([replace(point(0, 30), day=day) for day in wrong])
    days = [text.text or "" for text in of_class(root, "tick")]
    years = [int(day.split()[1]) for day in days if day[:3].isalpha()]
    assert 3 <= len(years) <= 6
    assert years == sorted(set(years))
    assert [text.text for text in of_class(drawn([point(0, 30), point(2, 9)]), "tick")].count("5 Jan") == 1


def test_every_count_has_a_whisker_from_low_to_high() -> None:
    root = drawn([point(0, 30), point(4, 10), point(8, 12)])
    assert len(of_class(root, "whisker")) == 2 * 3
    assert all(float(w.get("y1")) > float(w.get("y2")) for w in of_class(root, "whisker"))


def test_no_line_joins_the_counts_of_different_models() -> None:
    root = drawn([point(0, 30, "a"), point(2, 20, "a"), point(4, 10, "b"), point(6, 9, "b")])
    inflammatory = of_class(root, "panel inflammatory")[0]
    assert [len(line.get("points").split()) for line in of_class(inflammatory, "line")] == [2, 2]
    assert "model changed" in [text.text for text in root.iter(f"{SVG}text")]


def test_visits_of_another_model_stand_apart_and_the_line_goes_on_between_the_others() -> None:
    root = drawn([point(0, 30), point(2, 60, "b", apart=True), point(4, 10), point(6, 50, "b", apart=True)])
    panel = of_class(root, "panel inflammatory")[0]
    (group,) = of_class(panel, "apart")
    assert len(of_class(group, "mark")) == 2
    assert of_class(group, "band") == []
    assert len(of_class(panel, "band")) == 1
    lines = [(line in group.iter(), len(line.get("points").split())) for line in of_class(panel, "line")]
    assert sorted(lines) == [(False, 2), (True, 2)]
    assert "model changed" not in [text.text for text in root.iter(f"{SVG}text")]
    assert {title.text for title in group.iter(f"{SVG}title")} == {
        "19 Jan 2026: 60 (30–120), by b",
        "16 Feb 2026: 50 (25–100), by b",
    }


def test_the_description_compares_no_counts_of_different_models() -> None:
    root = drawn([point(0, 60, "b", apart=True), point(2, 30), point(4, 10)])
    texts = next(element.text or "" for element in root if element.get("id") == "progress-1-desc")
    assert "30 (15–60) at the first and 10 (5–20) at the last" in texts
    assert "Another model counted 1 more, drawn hollow and compared with an allowance." in texts


def test_measures_differ_by_marker_and_dash_not_by_colour_alone() -> None:
    root = drawn([point(0, 30), point(4, 10)])
    assert of_class(of_class(root, "panel inflammatory")[0], "mark")[0].tag == f"{SVG}circle"
    assert of_class(of_class(root, "panel non-inflammatory")[0], "mark")[0].tag == f"{SVG}polygon"


def test_a_course_is_a_bar_with_its_name_above() -> None:
    course = Course("Adapalene", "topical", FIRST + timedelta(weeks=2), None)
    root = drawn([point(0, 30), point(8, 10)], [course])
    assert "Adapalene" in [label.text for label in of_class(root, "course-label")]
    assert len(of_class(root, "course topical")) == 1


def test_a_course_that_ended_before_the_first_visit_is_not_drawn() -> None:
    course = Course("Long ago", "oral", FIRST - timedelta(weeks=9), FIRST - timedelta(weeks=4))
    assert of_class(drawn([point(0, 30), point(8, 10)], [course]), "course oral") == []


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "a\x00b\x1b", "𝒳" * 300, "\ud800"])
def test_a_hostile_course_name_leaves_the_drawing_well_formed(name: str) -> None:
    root = drawn([point(0, 30), point(8, 10)], [Course(name, "nonsense", FIRST, None)])
    assert list(root.iter(f"{SVG}script")) == []
    assert len(of_class(root, "course other")) == 1


def test_one_visit_alone_can_be_drawn() -> None:
    assert of_class(drawn([point(0, 0)]), "whisker")


def test_visits_on_one_day_can_be_drawn() -> None:
    assert of_class(drawn([point(0, 3), point(0, 4), point(0, 5)]), "whisker")


def test_a_visit_without_iga_has_no_step() -> None:
    assert of_class(drawn([point(0, 3, iga=None)]), "line step") == []


LEVEL = Level([(FIRST, 20.0, 25.0, 30.0), (FIRST + timedelta(weeks=4), 8.0, 11.0, 15.0)], FIRST + timedelta(weeks=4))


def test_the_level_is_a_band_behind_the_points_and_joins_them_in_their_place() -> None:
    panel = of_class(drawn([point(0, 30), point(4, 10)], level=LEVEL), "panel inflammatory")[0]
    assert len(of_class(panel, "level-band")) == len(of_class(panel, "level")) == 1
    assert of_class(panel, "line") == []
    assert len(of_class(panel, "mark")) == 2


def test_the_visit_at_which_a_change_was_first_told_is_marked() -> None:
    root = drawn([point(0, 30), point(4, 10)], level=LEVEL)
    assert [label.text for label in of_class(root, "first-told-label")] == ["a change is first told"]


def test_starts_and_stops_of_courses_run_through_all_panels() -> None:
    course = Course("Adapalene", "topical", FIRST + timedelta(weeks=2), FIRST + timedelta(weeks=6))
    assert len(of_class(drawn([point(0, 30), point(8, 10)], [course]), "course-change")) == 2


def test_a_chart_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one assessed visit"):
        drawn([])
