"""`python -m mobile_models change`: a line of states for every line that is a series."""

import io
import json

import pytest

from mobile_models.__main__ import main

SERIES = {"sem": 0.62, "visits": [[-1, 22.4, 1], [0, 25.1, 1], [1, 20.2, 1], [2, 17.5, 3]], "changes": [0]}


@pytest.fixture
def change(tmp_path, capsys):
    def run(*lines):
        file = tmp_path / "series.jsonl"
        file.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines))
        code = main(["change", str(file)])
        out, err = capsys.readouterr()
        return code, [json.loads(line) for line in out.splitlines()], err

    return run


def test_every_series_gives_a_line_with_a_state_for_each_visit(change):
    code, lines, _ = change(SERIES, {"visits": [[0, 3, 1]]}, "")
    assert code == 0
    assert [len(line) for line in lines] == [4, 1]
    assert set(lines[0][0]) == {"week", "face", "trend", "half", "now", "level", "surprise", "recent"}
    assert [state["week"] for state in lines[0]] == [-1, 0, 1, 2]


def test_the_error_of_the_line_counts_and_else_that_of_the_bundle(change, bundle):
    series = {**SERIES, "sem": bundle.change.sem}
    _, (own, other), _ = change(series, {key: value for key, value in SERIES.items() if key != "sem"})
    assert own == other


def test_courses_are_taken_in_place_of_their_weeks(change):
    _, (weeks, courses), _ = change({**SERIES, "changes": [0, 1.5]}, {**SERIES, "changes": [], "courses": [[0, 1.5]]})
    assert weeks == courses


def test_standard_input_is_read(monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(SERIES) + "\n"))
    assert main(["change", "-"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == 4


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("{", "series_malformed", "not JSON"),
        ("[]", "series_malformed", "no series"),
        ({"visit": []}, "series_malformed", "no series"),
        ({**SERIES, "course": []}, "series_malformed", "no 'course'"),
        ({**SERIES, "found": 1}, "series_malformed", "true or false"),
        ({**SERIES, "visits": [[0]]}, "series_malformed", "week, count and frames"),
        ({**SERIES, "courses": [[1]]}, "series_malformed", "its start and its stop"),
        ({**SERIES, "courses": [[3, 1]]}, "course_stops_before_it_starts", "stops before it starts"),
        ({**SERIES, "visits": [[1, 2, 1], [0, 2, 1]]}, "series_unordered", "order of time"),
        ({**SERIES, "sem": 0}, "series_number_invalid", "sem is 0"),
        ({**SERIES, "today": "x"}, "series_number_invalid", "today"),
        ('{"visits": [[NaN, 1, 1]]}', "series_number_invalid", "week of visit 1"),
        ('{"visits": [[0, 1e999, 1]]}', "series_number_invalid", "count of visit 1"),
    ],
)
def test_a_line_that_is_no_series_is_refused_by_its_number_and_the_rest_goes_on(change, line, code, words):
    exit_code, lines, err = change(SERIES, line, SERIES)
    assert exit_code == 2
    assert lines[0] == lines[2]
    assert lines[1]["error"]["line"] == 2
    assert lines[1]["error"]["code"] == code
    assert words in lines[1]["error"]["message"]
    assert err.startswith("line 2: ")


def test_a_file_that_cannot_be_read_is_said(tmp_path, capsys):
    assert main(["change", str(tmp_path / "none.jsonl")]) == 2
    assert "cannot be read" in capsys.readouterr().err
