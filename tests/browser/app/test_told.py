"""What the app tells of a series is what the server tells of it: no browser needed, the module runs in Node."""

import json
import subprocess
from pathlib import Path

import pytest

from mobile_models.bundle import RELEASED, Bundle
from mobile_models.series.constants import Constants
from mobile_models.series.showing import fall_that_would_show
from mobile_models.series.verdict import Question, Sure, tell
from mobile_models.series.visits import Visit

PHONE = Path(__file__).parents[3] / "server" / "phone" / "source"
SERIES = sorted((RELEASED / "golden" / "series").glob("*.json"))
RUN = """
import { tell } from "./told.js";
let given = "";
for await (const part of process.stdin) given += part;
const told = ({ table, visits, changes, breaks }) => tell(table, visits, changes, breaks);
console.log(JSON.stringify(JSON.parse(given).map(told)));
"""
UP_TO = 14
"""The first visits of a series are looked at one by one, with the falls that would show; of later ones every fourth."""


def every_beginning():
    """Each golden series as it stood after its first visits and some later ones, with its name."""
    table = Bundle.open(RELEASED).manifest["change"]
    for path in SERIES:
        asked = json.loads(path.read_text())["series"]
        every = len(asked.get("visits", []))
        for number in (each for each in range(1, every + 1) if each <= UP_TO or each % 4 == 0 or each == every):
            given = {name: asked.get(name, []) for name in ("changes", "breaks")}
            given["table"] = {**table, "sem": asked.get("sem", table["sem"])}
            yield f"{path.stem} {number}", {**given, "visits": asked["visits"][:number]}


@pytest.fixture(scope="module")
def told(npm, tmp_path_factory):
    """What the app's module says of each beginning."""
    folder = tmp_path_factory.mktemp("told")
    bundled = folder / "told.mjs"
    entry = PHONE / "progress" / "told.js"
    lesions = RELEASED / "web" / "lesions.js"
    command = [npm / "node_modules" / ".bin" / "esbuild", "--bundle", "--format=esm", f"--alias:lesions={lesions}"]
    subprocess.run([*command, entry, f"--outfile={bundled}"], check=True, capture_output=True)
    (folder / "run.mjs").write_text(RUN.replace("./told.js", "./told.mjs"))
    given = json.dumps([series for _, series in every_beginning()])
    ran = subprocess.run(["node", folder / "run.mjs"], input=given, check=True, capture_output=True, text=True)
    return dict(zip([name for name, _ in every_beginning()], json.loads(ran.stdout), strict=True))


def test_what_is_told_since_the_start_is_what_python_tells(told):
    assert len(told) > 100
    for name, given in every_beginning():
        constants, visits = Constants.from_manifest(given["table"]), [Visit(*visit) for visit in given["visits"]]
        expected = tell(visits, given["changes"], given["breaks"], constants=constants)
        found, start = told[name], expected.answer(Question.START)
        assert found["enough"] == (start is not None), name
        assert (found["start"], found["beforeStart"]) == (expected.start, expected.before_start), name
        assert (found["firstTold"], found["halfSince"]) == (expected.first_told, expected.half_since), name
        if start:
            trend = start.trend if start.falling == start.fewer else Sure.NOT
            assert (found["face"], found["trend"], found["fewer"]) == (start.face, trend, start.fewer), name
        if expected.recent:
            assert found["recent"]["week"] == pytest.approx(expected.recent.week), name
            assert found["recent"]["z"] == pytest.approx(expected.recent.z, abs=1e-6), name
            assert found["recent"]["unentered"], name
        if len(visits) <= UP_TO:
            shows = fall_that_would_show(visits, given["changes"], constants=constants)
            assert found["wouldShow"] == (shows and {"fall": shows[0], "visit": shows[1]}), name


def test_a_relapse_is_told_before_anything_better_is(told):
    """Whether or not the stop was entered: what the server calls a relapse is never read here as fewer alone."""
    relapses = 0
    for name, given in every_beginning():
        constants, visits = Constants.from_manifest(given["table"]), [Visit(*visit) for visit in given["visits"]]
        if tell(visits, given["changes"], given["breaks"], constants=constants).relapse is None:
            continue
        relapses += 1
        found = told[name]
        worse = found["lowest"] or (found["recent"] and found["recent"]["z"] < 0)
        assert worse or not found["fewer"] or found["face"] == "not", name
    assert relapses >= 3
