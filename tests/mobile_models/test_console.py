"""Every command line ends in one plain line, whatever its streams are."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

ROOT = Path(__file__).parents[2]
ASSESS = ["-m", "mobile_models", "assess"]
COMMANDS = {
    "assess": [*ASSESS, "{photo}"],
    "assess as JSON": [*ASSESS, "--json", "{photo}"],
    "training's help": ["-m", "training", "--help"],
    "the server's help": ["-m", "server", "--help"],
    "a new master key": ["-m", "server", "admin", "keys", "new"],
}


@pytest.fixture(scope="module")
def photo(tmp_path_factory):
    drawn = tmp_path_factory.mktemp("photo") / "face.png"
    face = Image.new("RGB", (480, 640), (201, 150, 120))
    pen = ImageDraw.Draw(face)
    for x in range(90, 400, 60):
        pen.ellipse((x, 2 * x % 500, x + 9, 2 * x % 500 + 9), fill=(170, 60, 60))
    face.save(drawn)
    return drawn


def ran(command, photo, redirection, unbuffered=False, **options):
    words = [word.format(photo=photo) for word in command]
    line = f'exec "$0" "$@" {redirection}'
    environ = {**os.environ, "PYTHONUNBUFFERED": "1" if unbuffered else ""}
    return subprocess.run(
        ["bash", "-c", line, sys.executable, *words],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        check=False,
        **options,
    )


def output_of(done):
    """What the command itself wrote for people; LiteRT says by itself which kernels it uses."""
    return [line for line in done.stderr.decode().splitlines() if not line.startswith("INFO: Created TensorFlow Lite")]


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("redirection", ["> /dev/full", ">&-"])
def test_a_result_that_nobody_can_see_is_one_line_and_exit_2(photo, name, redirection):
    done = ran(COMMANDS[name], photo, redirection)
    lines = output_of(done)
    assert (done.returncode, len(lines)) == (2, 1), done.stderr
    assert "standard output" in lines[0]


@pytest.mark.parametrize("name", ["training's help", "the server's help"])
def test_a_full_disk_is_said_though_every_write_goes_out_at_once(photo, name):
    done = ran(COMMANDS[name], photo, "> /dev/full", unbuffered=True)
    assert (done.returncode, len(output_of(done))) == (2, 1), done.stderr


@pytest.mark.parametrize("redirection", ["2>&-", "2> /dev/full", "<&-"])
def test_without_a_place_for_errors_the_result_is_still_given(photo, redirection):
    done = ran(COMMANDS["assess as JSON"], photo, redirection)
    assert done.returncode == 0
    assert json.loads(done.stdout)["counts"]


def test_a_reader_that_has_gone_away_is_no_error(photo):
    line = '"$0" "$@" | true; exit ${PIPESTATUS[0]}'
    photos = [str(photo)] * 3
    done = subprocess.run(
        ["bash", "-c", line, sys.executable, *ASSESS, "--json", *photos], cwd=ROOT, capture_output=True, check=False
    )
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr


def test_no_file_that_is_written_takes_the_place_of_a_closed_stream(photo, tmp_path):
    drawn = tmp_path / "drawn.png"
    done = ran([*COMMANDS["assess"], "--draw", str(drawn)], photo, "2>&- >&-")
    assert done.returncode == 2
    assert drawn.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("name", ["-", "/dev/stdin"])
def test_a_photo_comes_by_standard_input(photo, name):
    done = ran([*ASSESS, "--json", name], photo, "", input=photo.read_bytes())
    by_name = ran([*ASSESS, "--json", str(photo)], photo, "")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["counts"] == json.loads(by_name.stdout)["counts"]


def test_a_folder_is_said_to_be_one(tmp_path):
    done = ran([*ASSESS, str(tmp_path)], None, "")
    assert done.returncode == 2
    assert b"folder" in done.stderr


def test_so_many_threads_are_refused_by_name(photo):
    done = ran([*ASSESS, "--threads", "1000000", str(photo)], photo, "")
    assert done.returncode == 2
    assert b"--threads" in done.stderr
    assert b"Traceback" not in done.stderr


def test_a_name_that_is_not_utf_8_comes_back_as_it_was(photo, tmp_path):
    name = os.fsencode(tmp_path) + b"/f\xe4ce.png"
    with open(name, "wb") as file:
        file.write(photo.read_bytes())
    done = subprocess.run([sys.executable, *ASSESS, "--json", name], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert os.fsencode(json.loads(done.stdout)["photo"]) == name
