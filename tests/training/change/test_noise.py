"""A clinic's own repeats give the error of counting, the fluctuation and the manifest's numbers of change."""

import json
import re
import shutil
from datetime import date, timedelta

import numpy as np
import pytest

from mobile_models.bundle import RELEASED
from mobile_models.series.constants import Constants
from training.__main__ import main
from training.change.noise import Frame, RepeatsUnusable, noise_of, read_csv


def repeats(people, days, frames, sem, seed=0, spread=0.0):
    rng = np.random.default_rng(seed)
    for person in range(people):
        level = rng.uniform(2.5, 6)
        for day in range(days):
            root = level + spread * rng.normal()
            for frame in range(frames):
                count = max(0.0, root + sem * rng.normal()) ** 2
                yield Frame(f"p{person}", date(2026, 1, 5) + timedelta(weeks=day), "front", str(frame), count)


def test_the_error_between_frames_comes_out_again():
    noise = noise_of(list(repeats(40, 2, 3, 0.4)))["noise"]
    assert noise["sem"] == pytest.approx(0.4, rel=0.1)
    assert noise["interval"][0] < 0.4 < noise["interval"][1]
    assert noise["sem_of_three"] == pytest.approx(noise["sem"] / 3**0.5, abs=1e-4)
    assert max(noise["by_count"].values()) / min(noise["by_count"].values()) < 1.5


def test_the_fluctuation_of_settled_people_comes_out_again():
    fluctuation = noise_of(list(repeats(30, 13, 3, 0.4, spread=0.7)))["noise"]["fluctuation"]
    assert fluctuation["variance"] == pytest.approx(0.49, rel=0.15)
    assert fluctuation["people"] == 30
    assert noise_of(list(repeats(30, 2, 3, 0.4)))["noise"]["fluctuation"] is None


def test_the_section_is_one_that_a_phone_reads_and_says_what_is_still_assumed():
    section = noise_of(list(repeats(40, 13, 3, 0.4, spread=0.7)))["change"]
    constants = Constants.from_manifest(section)
    assert constants.frames(3) == 3.0
    assert constants.sem == pytest.approx(0.4, rel=0.1)
    assert section["assumed"] == ["rate.weeks", "break_sd"]
    assert not section["provisional"]


def test_few_people_give_the_upper_end_of_the_interval_and_stay_provisional():
    measured = noise_of(list(repeats(5, 2, 2, 0.4)))
    assert measured["change"]["sem"] == measured["noise"]["interval"][1] > measured["noise"]["sem"]
    assert measured["change"]["provisional"]
    assert "frames_count_as" in measured["change"]["assumed"]


def test_the_command_reads_a_csv_and_writes_the_section(tmp_path, capsys):
    file = tmp_path / "repeats.csv"
    lines = [f"{frame.person},{frame.day},{frame.frame},{frame.count:.3f}" for frame in repeats(3, 2, 3, 0.4)]
    file.write_text("person,day,frame,count\n" + "\n".join(lines))
    assert main(["noise", str(file), "--out", str(tmp_path / "out")]) == 0
    assert json.loads((tmp_path / "out" / "noise.json").read_text())["noise"]["frames"] == 18
    assert "people: 3" in capsys.readouterr().out


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_table_is_read_as_spreadsheets_write_it(encoding, tmp_path):
    file = tmp_path / "repeats.csv"
    text = "Person;Day;Frame;Count\r\nanna;2026-03-01;1;3,5\r\nanna;2026-03-01;2;4,25\r\n"
    file.write_bytes(text.encode(encoding))
    assert [frame.count for frame in read_csv(file)] == [3.5, 4.25]


def test_a_table_of_another_encoding_is_refused_with_file_and_encoding(tmp_path, capsys):
    file = tmp_path / "repeats.csv"
    file.write_bytes("person,day,frame,count\nJörg,2026-03-01,1,3\n".encode("cp1252"))
    assert main(["noise", str(file), "--out", str(tmp_path / "out")]) == 2
    assert re.search(r"repeats\.csv.*UTF-8", capsys.readouterr().err)


def test_a_folder_of_photos_is_counted(tmp_path):
    day = tmp_path / "anna" / "2026-03-01"
    day.mkdir(parents=True)
    for name in ("front", "later"):
        shutil.copy(RELEASED / "golden" / "photos" / f"{name}.png", day)
    assert main(["noise", str(tmp_path), "--guided", "--out", str(tmp_path / "out")]) == 0
    assert json.loads((tmp_path / "out" / "noise.json").read_text())["noise"]["sem"] > 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("person,day,count\n", "lacks the column frame"),
        ("person,day,frame,count\na,yesterday,1,3\n", "line 2: 'yesterday' is no day"),
        ("person,day,frame,count\na,2026-03-01,1,-3\n", "line 2: the count"),
        ("person,day,frame,count\na,2026-03-01,1,many\n", "line 2: the count"),
        ("person,day,frame,count\n,2026-03-01,1,3\n", "line 2: person or frame is empty"),
        ("person,day,frame,count\na,2026-03-01,1,3\na,2026-03-01,2,3\n", "copies of one photo"),
        ("person,day,frame,count\na,2026-03-01,1,3\n", "No view was photographed twice"),
    ],
)
def test_repeats_that_say_nothing_are_refused_with_the_remedy(text, words, tmp_path):
    file = tmp_path / "repeats.csv"
    file.write_text(text)
    with pytest.raises(RepeatsUnusable, match=words):
        noise_of(read_csv(file))


def test_a_folder_without_photos_is_refused(tmp_path, capsys):
    assert main(["noise", str(tmp_path), "--out", str(tmp_path / "out")]) == 2
    assert "holds no person/day/frame.jpg" in capsys.readouterr().err
