"""A bundle appears complete or not at all, with real kills and a real limit on what may be written."""

import os
import resource
import signal

import pytest

from mobile_models.export import place
from mobile_models.export.assemble import Request, assemble
from mobile_models.export.place import OutTaken, put, replacing, zip_of


def write(folder, text):
    (folder / "manifest.json").write_text(text)
    (folder / "model").write_text(text)


def export(out, text):
    with replacing(out) as folder:
        write(folder, text)
        archive = folder.with_name("bundle.zip")
        archive.write_text(text)
        put(folder, archive, out)


pytestmark = pytest.mark.filterwarnings("ignore:os.fork")
"""The child runs nothing of what other tests' libraries left threads for."""


def in_a_child(work):
    """Run `work` in a process of its own and return its exit status."""
    child = os.fork()
    if not child:
        try:
            work()
        finally:
            os._exit(3)
    return os.waitpid(child, 0)[1]


def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.fixture
def out(tmp_path):
    export(tmp_path / "bundle", "old")
    return tmp_path / "bundle"


def contents(out):
    return {(out / name).read_text() for name in ("manifest.json", "model")}


def test_a_new_bundle_replaces_the_old_one_and_its_zip(out):
    export(out, "new")
    assert contents(out) == {"new"}
    assert zip_of(out).read_text() == "new"
    assert sorted(path.name for path in out.parent.iterdir()) == ["bundle", "bundle.zip"]


def test_a_failure_leaves_the_old_bundle_as_it_was(out):
    with pytest.raises(RuntimeError, match="planted"), replacing(out) as folder:
        write(folder, "new")
        raise RuntimeError("planted")
    assert contents(out) == {"old"}
    assert zip_of(out).read_text() == "old"
    assert sorted(path.name for path in out.parent.iterdir()) == ["bundle", "bundle.zip"]


def test_an_export_killed_half_way_leaves_the_old_bundle_and_the_next_one_clears_up(out):
    def half():
        with replacing(out) as folder:
            write(folder, "half")
            die()

    assert in_a_child(half) == signal.SIGKILL
    assert contents(out) == {"old"}
    assert zip_of(out).read_text() == "old"
    export(out, "new")
    assert contents(out) == {"new"}
    assert sorted(path.name for path in out.parent.iterdir()) == ["bundle", "bundle.zip"]


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_an_export_killed_while_it_takes_its_place_leaves_no_half_and_no_zip_of_another(out, monkeypatch, steps):
    moves = []

    def move(source, target):
        if len(moves) == steps:
            die()
        moves.append(target)
        os.rename(source, target)

    monkeypatch.setattr(place.os, "replace", move)
    assert in_a_child(lambda: export(out, "new")) == signal.SIGKILL
    monkeypatch.undo()
    assert not out.exists() or contents(out) in ({"old"}, {"new"})
    assert not zip_of(out).exists()
    with pytest.raises(RuntimeError, match="planted"), replacing(out):
        raise RuntimeError("planted")
    assert contents(out) in ({"old"}, {"new"}), "what was put aside is put back"


def test_a_full_disk_is_named_and_nothing_appears(weights, tmp_path):
    def export_with_little_room():
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
        try:
            assemble(Request(weights, tmp_path / "bundle"), lambda _: None)
        except OSError as error:
            os._exit(0 if error.errno else 1)

    assert in_a_child(export_with_little_room) == 0
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_holds_something_else_is_not_replaced(tmp_path):
    (tmp_path / "diary").mkdir()
    (tmp_path / "diary" / "page").write_text("dear")
    with pytest.raises(OutTaken, match="Name another folder"):
        export(tmp_path / "diary", "new")
    assert (tmp_path / "diary" / "page").read_text() == "dear"
