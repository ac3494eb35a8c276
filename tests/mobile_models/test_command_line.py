"""`python -m mobile_models assess`: what it prints, what it refuses, and with which exit code."""

import json
import subprocess
import sys

import pytest
from PIL import Image

from mobile_models.__main__ import main
from mobile_models.series.comparable import Assessed, compare
from mobile_models.series.follow import follow


@pytest.fixture
def photos(tmp_path, paint_face):
    paths = []
    for i, kind in enumerate(["jpg", "png", "webp"]):
        paths.append(tmp_path / f"face-{i}.{kind}")
        paint_face(size=(480, 640), seed=i).save(paths[-1])
    return [str(path) for path in paths]


@pytest.fixture
def run(bundle, capsys):
    """Run the command line here; gives exit code, stdout and stderr."""

    def command(*arguments, own_bundle=False):
        chosen = [] if own_bundle else ["--bundle", str(bundle.folder), "--threads", "1"]
        try:
            code = main(["assess", *map(str, arguments), *chosen])
        except SystemExit as stopped:
            code = stopped.code
        captured = capsys.readouterr()
        assert "Traceback" not in captured.out + captured.err
        return code, captured.out, captured.err

    return command


def test_json_is_one_object_a_line_for_each_photo(run, photos):
    code, out, _ = run(*photos, "--json")
    lines = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [entry["photo"] for entry in lines] == photos
    assert {entry["view"] for entry in lines} == {"front"}


def test_without_json_a_person_can_read_it(run, photos):
    code, out, _ = run(photos[0], "--guided")
    assert code == 0
    for words in ("inflammatory", "[", "IGA", "GAGS", "not a diagnosis", "not validated", "experimental"):
        assert words in out


def test_views_are_given_once_for_all_or_once_each(run, photos):
    views = ["--view", "front", "--view", "left", "--view", "right"]
    _, out, _ = run(*photos, "--json", *views)
    assert [json.loads(line)["view"] for line in out.splitlines()] == ["front", "left", "right"]
    _, out, _ = run(*photos, "--json", "--view", "left")
    assert {json.loads(line)["view"] for line in out.splitlines()} == {"left"}


def test_a_visit_is_one_object_that_change_can_be_computed_from(run, photos, bundle):
    views = ["--view", "front", "--view", "left", "--view", "right"]
    code, out, _ = run(*photos, "--json", "--visit", "--guided", *views)
    (line,) = out.splitlines()
    visit = json.loads(line)
    assert code == 0
    assert [photo["photo"] for photo in visit["photos"]] == photos
    compared = compare([Assessed.of(week, visit) for week in range(3)], bundle.zones.area_share, bundle.change)
    states = follow(compared.visits, constants=bundle.change)
    assert all(abs(z) < 0.1 for state in states for z in (state.face, state.trend))  # Three visits of one face.


def test_in_a_batch_a_bad_file_is_an_error_line_and_the_rest_go_on(run, photos, tmp_path):
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"")
    code, out, _ = run(photos[0], bad, photos[1], tmp_path / "absent.png", "--json")
    lines = [json.loads(line) for line in out.splitlines()]
    assert code == 2
    assert [entry.get("error", {}).get("code") for entry in lines] == [None, "photo_empty", None, "photo_unreadable"]
    assert lines[1]["photo"] == str(bad)
    code, out, err = run(bad, photos[0])
    assert code == 2
    assert f"{bad}: The file is empty." in err
    assert "IGA" in out


def test_a_visit_with_a_bad_photo_is_not_half_assessed(run, photos, tmp_path):
    code, out, _ = run(
        photos[0], tmp_path / "absent.png", "--visit", "--guided", "--json", "--view", "front", "--view", "left"
    )
    assert code == 2
    assert [set(json.loads(line)) for line in out.splitlines()] == [{"photo", "error"}]


def test_a_visit_without_the_guide_says_what_to_do(run, photos):
    code, out, _ = run(*photos[:2], "--visit", "--json", "--view", "front", "--view", "left")
    assert code == 2
    assert json.loads(out)["error"]["code"] == "visit_malformed"


def test_a_missing_bundle_is_an_error_not_a_traceback(run, photos, tmp_path):
    code, out, err = run(photos[0], "--bundle", tmp_path / "none", own_bundle=True)
    assert (code, out) == (2, "")
    assert "No manifest.json" in err
    code, out, _ = run(photos[0], "--json", "--bundle", tmp_path / "none", own_bundle=True)
    assert json.loads(out) == {"photo": None, "error": json.loads(out)["error"]}


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--view", "top"], "--view"),
        (["--view", "front", "--view", "left"], "--view is given 2 times for 3 photos"),
        (["--threads", "0"], "--threads"),
        (["--draw", "out.pdf"], "--draw must end in"),
        (["--draw", "no-such-folder/out.png"], "does not exist"),
        (["--surprise"], "--surprise"),
    ],
)
def test_a_call_that_makes_no_sense_is_refused(options, problem, run, photos):
    code, out, err = run(*photos, *options, own_bundle=True)
    assert (code, out) == (2, "")
    assert problem in err


def test_drawings_are_numbered_in_the_order_of_the_photos(run, photos, tmp_path):
    code, _, _ = run(photos[0], "--draw", tmp_path / "one.png")
    assert code == 0
    with Image.open(tmp_path / "one.png") as drawing:
        assert drawing.width >= 480
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"x")
    code, _, _ = run(photos[0], bad, photos[1], "--draw", tmp_path / "all.jpg")
    assert code == 2
    assert sorted(path.name for path in tmp_path.glob("all*")) == ["all-1.jpg", "all-3.jpg"]


def test_a_photo_is_never_drawn_over(run, photos):
    code, _, err = run(photos[0], "--draw", photos[0])
    assert code == 2
    assert "write over" in err


def test_an_unreadable_name_is_printed_all_the_same(run, tmp_path, paint_face):
    path = tmp_path / "caf\udce9.png"
    path.write_bytes(b"nothing")
    code, out, _ = run(path, "--json")
    assert code == 2
    assert json.loads(out)["photo"] == str(path)


def test_many_photos_show_their_progress_on_stderr(run, photos):
    _, _, err = run(*photos)
    assert "3/3" in err
    _, _, err = run(photos[0])
    assert "photo/s" not in err


def test_as_a_process_it_exits_with_2_and_prints_no_traceback(bundle, photos, tmp_path):
    bad = tmp_path / "bad.webp"
    bad.write_bytes(b"RIFF\x10\x00\x00\x00WEBPVP8 ")
    command = [sys.executable, "-m", "mobile_models", "assess", photos[0], str(bad), "--json"]
    done = subprocess.run([*command, "--bundle", str(bundle.folder)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert [("error" in json.loads(line)) for line in done.stdout.splitlines()] == [False, True]


def test_as_a_process_whose_reader_leaves_it_stops_quietly(bundle, photos):
    command = [sys.executable, "-m", "mobile_models", "assess", *photos, "--json", "--bundle", str(bundle.folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    assert process.wait(timeout=120) == 0
    assert b"Traceback" not in errors


def test_as_a_process_without_anything_to_do_it_explains_itself():
    done = subprocess.run([sys.executable, "-m", "mobile_models"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert "assess" in done.stderr
