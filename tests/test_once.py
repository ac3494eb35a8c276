"""One folder for all workers, though they ask at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tests.once import once


def test_of_those_that_ask_at_once_one_makes_it_and_the_others_wait(tmp_path_factory):
    tmp_path_factory.getbasetemp()
    made, together = [], Barrier(4)

    def ask(number):
        together.wait()
        return once(tmp_path_factory, "asked-at-once", lambda folder: made.append((folder / "file").write_text("x")))

    with ThreadPoolExecutor(4) as threads:
        folders = set(threads.map(ask, range(4)))
    assert len(made) == len(folders) == 1
    assert (folders.pop() / "file").read_text() == "x"


def test_what_failed_is_not_taken_for_made(tmp_path_factory):
    def fail(folder):
        (folder / "half").touch()
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        once(tmp_path_factory, "failing", fail)
    folder = once(tmp_path_factory, "failing", lambda folder: (folder / "whole").touch())
    assert [path.name for path in folder.iterdir()] == ["whole"]
