"""A patient's key is made once, kept wrapped, survives kills and new master keys, and is shredded for good."""

import multiprocessing
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from server.foundation.config import ConfigError
from server.foundation.keys.errors import KeyDamaged, KeyLost, KeyShredded, WrongMasterKey
from server.foundation.keys.folder import LIVE_FILE, FolderKeyRing
from server.foundation.keys.master import master_keys, new_master_key
from server.running.cli import main

ROOT = Path(__file__).parents[4]
TIMELINES = [f"{number:032x}" for number in range(20)]
ONE, TWO = TIMELINES[:2]


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "keys"


@pytest.fixture
def master():
    return new_master_key()


@pytest.fixture
def ring(folder, master):
    return FolderKeyRing(folder, master)


def test_a_key_is_256_bits_made_on_first_use_and_the_same_ever_after(ring, folder, master):
    key = ring.key_of(ONE)
    assert len(key) == 32
    assert ring.key_of(ONE) == ring.existing_key_of(ONE) == FolderKeyRing(folder, master).key_of(ONE) == key
    assert ring.key_of(TWO) != key


def test_the_folder_holds_no_key_in_the_clear_and_is_closed_to_others(ring, folder, master):
    key = ring.key_of(ONE)
    everything = b"".join(path.read_bytes() for path in folder.iterdir())
    for secret in (key, master_keys(master)[0].key):
        assert secret not in everything
        assert secret.hex().encode() not in everything
    assert {path.stat().st_mode & 0o077 for path in (folder, *folder.iterdir())} == {0}


def test_a_laptop_makes_a_master_key_once_and_reads_its_keys_after_a_restart(folder):
    key = FolderKeyRing(folder).key_of(ONE)
    made = (folder / "master.key").read_bytes()
    assert FolderKeyRing(folder).key_of(ONE) == key
    assert FolderKeyRing(folder).rotate() == 0
    assert (folder / "master.key").read_bytes() == made


def test_a_key_that_should_be_there_and_is_not_is_lost_and_not_made_anew(ring, folder):
    with pytest.raises(KeyLost):
        ring.existing_key_of(ONE)
    assert not folder.exists()


def test_another_master_key_is_named_without_a_letter_of_it(ring, folder, master):
    ring.key_of(ONE)
    other = new_master_key()
    with pytest.raises(WrongMasterKey) as error:
        FolderKeyRing(folder, other).key_of(ONE)
    wanted, other_id = master_keys(master)[0].id, master_keys(other)[0].id
    text = error.value.for_operator
    assert wanted in text
    assert other_id in text
    assert master[:8] not in text
    assert other[:8] not in text
    assert wanted not in error.value.text and other_id not in error.value.text  # That goes to clients.


@pytest.mark.parametrize(
    "spoil",
    [
        lambda file: file[:-9],
        lambda file: b"",
        lambda file: b"{}",
        lambda file: file.replace(b'"wrapped": "', b'"wrapped": "AAAA'),
        lambda file: file.replace(b'"format": 1', b'"format": 2'),
    ],
)
def test_a_damaged_key_file_is_named_so_and_not_replaced(ring, folder, spoil):
    ring.key_of(ONE)
    path = folder / f"{ONE}.key"
    path.write_bytes(spoiled := spoil(path.read_bytes()))
    with pytest.raises(KeyDamaged):
        ring.key_of(ONE)
    assert path.read_bytes() == spoiled


def test_a_key_file_put_in_anothers_place_is_found(ring, folder):
    ring.key_of(ONE)
    (folder / f"{TWO}.key").write_bytes((folder / f"{ONE}.key").read_bytes())
    with pytest.raises(KeyDamaged):
        ring.key_of(TWO)


def _make(folder, master, made):
    made.put(FolderKeyRing(folder, master).key_of(ONE))


def test_processes_that_need_a_new_key_at_once_get_the_same_one(folder, master):
    context = multiprocessing.get_context("spawn")
    made = context.Queue()
    makers = [context.Process(target=_make, args=(folder, master, made)) for _ in range(3)]
    for maker in makers:
        maker.start()
    keys = {made.get(timeout=60) for _ in makers}
    for maker in makers:
        maker.join()
    assert keys == {FolderKeyRing(folder, master).key_of(ONE)}


def test_a_shredded_key_is_gone_for_every_process_and_never_made_again(ring, folder, master):
    key, other = ring.key_of(ONE), FolderKeyRing(folder, master)
    assert other.key_of(ONE) == key
    ring.shred(ONE)
    for each in (ring, other, FolderKeyRing(folder, master)):
        for read in (each.key_of, each.existing_key_of):
            with pytest.raises(KeyShredded):
                read(ONE)
    assert ring.rotate() == 0
    with pytest.raises(KeyShredded):
        ring.key_of(ONE)


def test_shredding_overwrites_what_a_process_still_holds_open_and_what_a_kill_left(ring, folder):
    ring.key_of(ONE)
    path = folder / f"{ONE}.key"
    left = folder / f"{ONE}.key.new"
    left.write_bytes(path.read_bytes())
    with path.open("rb") as held, left.open("rb") as held_too:
        ring.shred(ONE)
        assert set(held.read()) == {0}
        assert set(held_too.read()) == {0}
    assert not left.exists()


def test_a_key_that_never_was_can_be_shredded_and_shredded_again(ring):
    ring.shred(ONE)
    ring.shred(ONE)
    with pytest.raises(KeyShredded):
        ring.key_of(ONE)


def test_a_new_master_key_takes_over_and_the_old_one_can_go(ring, folder, master):
    keys = {timeline: ring.key_of(timeline) for timeline in TIMELINES}
    new = new_master_key()
    both, progress = FolderKeyRing(folder, f"{new},{master}"), []
    assert {timeline: both.key_of(timeline) for timeline in TIMELINES} == keys
    assert both.rotate(lambda done, total: progress.append((done, total))) == len(TIMELINES)
    assert progress == [(done, 20) for done in range(21)]
    assert both.rotate() == 0
    alone = FolderKeyRing(folder, new)
    assert {timeline: alone.key_of(timeline) for timeline in TIMELINES} == keys
    with pytest.raises(WrongMasterKey):
        FolderKeyRing(folder, master).key_of(ONE)


KILLED = """
import os, signal, sys
from pathlib import Path
from server.foundation.keys import folder
calls, at = 0, int(sys.argv[3])

def counting(name):
    real = getattr(os, name)
    def called(*given, **named):
        global calls
        calls += 1
        if calls == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*given, **named)
    setattr(os, name, called)

for name in ("open", "fsync", "replace"):
    counting(name)
folder.FolderKeyRing(Path(sys.argv[1]), sys.argv[2]).rotate()
"""


@pytest.mark.parametrize("at", [5, 8, 9, 10, 11, 12, 14])
def test_killed_while_it_wraps_anew_every_key_can_be_read_and_the_next_run_goes_on(ring, folder, master, at):
    keys = {timeline: ring.key_of(timeline) for timeline in TIMELINES[:4]}
    both = f"{new_master_key()},{master}"
    command = [sys.executable, "-c", KILLED, str(folder), both, str(at)]
    killed = subprocess.run(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    after = FolderKeyRing(folder, both)
    assert {timeline: after.key_of(timeline) for timeline in keys} == keys
    assert 0 < after.rotate() <= 4
    alone = FolderKeyRing(folder, both.split(",")[0])
    assert {timeline: alone.key_of(timeline) for timeline in keys} == keys


@pytest.mark.parametrize("text", ["", "no base64!", "AAAA", "A" * 43 + "=", "cGFzc3dvcmQ="])
def test_a_master_key_that_is_none_is_refused_by_the_settings_name(folder, text):
    with pytest.raises(ConfigError, match="ACNETRACK_MASTER_KEY") as error:
        FolderKeyRing(folder, text or ",").prepare()
    assert text not in str(error.value) or not text


def test_a_folder_that_cannot_be_written_is_refused_by_the_settings_name(tmp_path, master):
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="ACNETRACK_KEY_DIR"):
        FolderKeyRing(tmp_path / "file" / "keys", master).prepare()


def test_a_server_does_not_start_under_a_master_key_that_opens_nothing_here(ring, folder, master):
    ring.prepare()
    ring.require_master()
    for timeline in (ONE, TWO):
        ring.key_of(timeline)
    other = new_master_key()
    with pytest.raises(ConfigError, match="ACNETRACK_MASTER_KEY"):
        FolderKeyRing(folder, other).require_master()
    FolderKeyRing(folder, f"{other},{master}").require_master()


def test_a_server_does_not_start_when_the_old_master_key_went_before_every_key_was_wrapped_anew(folder, master):
    FolderKeyRing(folder, master).key_of(TWO)
    newest = new_master_key()
    FolderKeyRing(folder, newest).key_of(ONE)
    with pytest.raises(ConfigError, match="ACNETRACK_MASTER_KEY"):
        FolderKeyRing(folder, newest).require_master()


def test_a_shredded_key_keeps_no_server_from_starting(ring, folder):
    ring.key_of(ONE)
    ring.shred(ONE)
    FolderKeyRing(folder, new_master_key()).require_master()


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b", "", "x" * 65, "master"])
def test_a_name_that_is_no_timelines_reaches_no_file(ring, folder, name):
    with pytest.raises(KeyLost):
        ring.existing_key_of(name)


def test_an_operator_makes_and_rotates_keys_from_the_command_line(ring, folder, master, monkeypatch, capsys):
    key = ring.key_of(ONE)
    monkeypatch.setenv("ACNETRACK_KEY_DIR", str(folder))
    main(["admin", "keys", "new"])
    new = capsys.readouterr().out.strip()
    monkeypatch.setenv("ACNETRACK_MASTER_KEY", f"{new},{master}")
    main(["admin", "keys", "rotate"])
    assert capsys.readouterr().out.startswith("1 keys")
    assert FolderKeyRing(folder, new).existing_key_of(ONE) == key
    monkeypatch.setenv("ACNETRACK_MASTER_KEY", master)
    with pytest.raises(SystemExit) as refused:
        main(["admin", "keys", "rotate"])
    assert refused.value.code == 2
    assert master_keys(new)[0].id in capsys.readouterr().err


def test_keys_are_not_wrapped_under_a_master_key_that_the_running_server_does_not_have(ring, folder, master):
    key = ring.key_of(ONE)
    ring.declare_live()
    both = f"{new_master_key()},{master}"
    with pytest.raises(ConfigError, match="restart the server"):
        FolderKeyRing(folder, both).rotate()
    assert ring.existing_key_of(ONE) == key
    FolderKeyRing(folder, both).declare_live()  # As a restart with both does.
    assert FolderKeyRing(folder, both).rotate() == 1


def test_many_workers_that_start_at_once_say_which_keys_they_have(folder, master):
    FolderKeyRing(folder, master).prepare()
    with ThreadPoolExecutor(8) as at_once:
        list(at_once.map(lambda _: FolderKeyRing(folder, master).declare_live(), range(100)))
    assert (folder / LIVE_FILE).read_text() == master_keys(master)[0].id
