"""`python -m mobile_models change SERIES.jsonl`: a line of states for each line that holds a series."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from mobile_models.bundle import Bundle
from mobile_models.errors import AssessmentError
from mobile_models.series.constants import Constants
from mobile_models.series.errors import FileUnreadable, LineMalformed
from mobile_models.series.follow import State, follow
from mobile_models.series.visits import Course, Visit, changes_of, check_sem

KEYS = {"sem", "visits", "changes", "courses", "breaks", "found", "today"}
SHAPE = '{"visits": [[week, count, frames], …], "changes": [week, …], "breaks": [week, …]}'


def run(file: str, bundle: Path) -> int:
    """Print the states of every series of a file (`-`: standard input) as JSON, a line each.

    A line that is refused gives `{"error": …}` in its place and its number with the remedy on stderr.

    Returns:
        How many lines were refused; 1 when the file cannot be read.
    """
    refused = 0
    try:
        constants = Bundle.open(bundle).change
        for number, line in enumerate(_lines(file), 1):
            if not line.strip():
                continue
            try:
                print(json.dumps([state.to_json() for state in states_of(line, constants)], allow_nan=False))
            except AssessmentError as error:
                refused += 1
                print(json.dumps({"error": {"line": number, "code": error.code, "message": str(error)}}))
                print(f"line {number}: {error}", file=sys.stderr)
    except AssessmentError as error:
        print(f"error: {error}", file=sys.stderr)
        return refused + 1
    return refused


def states_of(line: str, constants: Constants) -> list[State]:
    """The states of one line's series.

    Raises:
        SeriesInvalid: one subclass a reason, naming the remedy.
    """
    series = _parse(line)
    if "sem" in series:
        check_sem(series["sem"])
        constants = replace(constants, sem=float(series["sem"]))
    changes = [*_list(series, "changes"), *changes_of(Course(*_pair(course)) for course in _list(series, "courses"))]
    return follow(
        [_visit(visit) for visit in _list(series, "visits")],
        changes,
        _list(series, "breaks"),
        constants=constants,
        found=_truth(series, "found"),
        today=series.get("today"),
    )


def _parse(line: str) -> Mapping[str, Any]:
    try:
        series = json.loads(line, parse_constant=float)
    except (ValueError, RecursionError) as error:
        raise LineMalformed(f"This is not JSON. Give one object a line: {SHAPE}.") from error
    if not isinstance(series, dict) or "visits" not in series:
        raise LineMalformed(f"This is no series of visits. Give {SHAPE}.")
    if unknown := sorted(set(series) - KEYS):
        raise LineMalformed(f"A series has no {unknown[0]!r}. Give some of {', '.join(sorted(KEYS))}.")
    return series


def _list(series: Mapping[str, Any], key: str) -> list[Any]:
    entries = series.get(key, [])
    if not isinstance(entries, list):
        raise LineMalformed(f"The {key} of a series are a list. Give {SHAPE}.")
    return entries


def _truth(series: Mapping[str, Any], key: str) -> bool:
    answer = series.get(key, False)
    if not isinstance(answer, bool):
        raise LineMalformed(f"{key} is true or false. Give one of them, or leave it out.")
    return answer


def _visit(entry: Any) -> Visit:
    if not isinstance(entry, list) or len(entry) not in (2, 3):
        raise LineMalformed(f"A visit is a list of week, count and frames. Give {SHAPE}.")
    return Visit(*entry)


def _pair(entry: Any) -> tuple[Any, Any]:
    if not isinstance(entry, list) or len(entry) != 2:
        raise LineMalformed("A course is a list of two weeks, its start and its stop or null.")
    return entry[0], entry[1]


def _lines(file: str) -> Iterator[str]:
    try:
        if file == "-":
            yield from sys.stdin
        else:
            with open(file, encoding="utf-8") as lines:
                yield from lines
    except (OSError, UnicodeDecodeError) as error:
        raise FileUnreadable(f"{file} cannot be read. Name a text file, or - for standard input.") from error
