"""Patients' keys in a folder: a small file each, wrapped under the master key.

One writer at a time, by a lock on the folder that every process takes; readers need none. Nothing is remembered
between calls, so that a key shredded by one process is gone for all of them.
"""

import fcntl
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from server.foundation.config import ConfigError
from server.foundation.durable import unfinished, write_durably
from server.foundation.keys.errors import KeyDamaged, KeyLost, KeyShredded, WrongMasterKey
from server.foundation.keys.keys import Told
from server.foundation.keys.master import (
    MasterKey,
    MasterKeyMalformed,
    master_keys,
    new_master_key,
    unwrap,
    wrapped_under,
)
from server.foundation.keys.sealing import KEY_BYTES

SUFFIX = ".key"
MASTER_FILE = "master.key"
LIVE_FILE = "live"
"""The ids of the master keys that the server was last started with."""
SHREDDED = b"shredded\n"

_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
"""A timeline's id; the master key's file has none."""


class FolderKeyRing:
    """Keys in `folder`, under the master keys in the setting `masters`.

    Without one, as on a laptop, a master key is made once and kept in the folder beside what it wraps.
    """

    def __init__(self, folder: Path, masters: str = "") -> None:
        self._folder, self._given = folder, masters

    def prepare(self) -> None:
        """Make the folder and read the master keys. Raises ConfigError where that cannot be done."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._alone():
                pass
        except OSError as error:
            raise ConfigError(f"ACNETRACK_KEY_DIR cannot be written to: {self._folder} ({error.strerror}).") from error
        _ = self._masters

    def require_master(self) -> None:
        """Refuse to start under a master key that opens nothing here. Raises ConfigError.

        The first and the last key are looked at: `rotate` goes from one to the other.
        """
        keys = sorted(path for path in self._folder.glob(f"*{SUFFIX}") if _ID.fullmatch(path.name.removesuffix(SUFFIX)))
        for path in {*keys[:1], *keys[-1:]}:
            try:
                self.existing_key_of(path.name.removesuffix(SUFFIX))
            except WrongMasterKey as error:
                raise ConfigError(error.for_operator) from error
            except (KeyLost, KeyShredded, KeyDamaged):
                continue

    def key_of(self, timeline_id: str) -> bytes:
        """Return the timeline's key, made on first use; on return it has reached the disk."""
        try:
            return self.existing_key_of(timeline_id)
        except KeyLost:
            self.prepare()
        with self._alone():
            try:
                return self.existing_key_of(timeline_id)  # Another process made it meanwhile.
            except KeyLost:
                key = secrets.token_bytes(KEY_BYTES)
                write_durably(self._path(timeline_id), self._masters[0].wrap(key, timeline_id))
                return key

    def existing_key_of(self, timeline_id: str) -> bytes:
        """Return the timeline's key, which must be there."""
        try:
            stored = self._path(timeline_id).read_bytes()
        except FileNotFoundError as error:
            raise KeyLost from error
        if stored == SHREDDED:
            raise KeyShredded
        return unwrap(stored, timeline_id, self._masters)

    def shred(self, timeline_id: str) -> None:
        """Leave a mark in the key's place, then overwrite what was there."""
        self.prepare()
        path = self._path(timeline_id)
        with self._alone():
            held = [os.open(copy, os.O_RDWR) for copy in (path, unfinished(path)) if copy.exists()]
            unfinished(path).unlink(missing_ok=True)
            write_durably(path, SHREDDED)
            for descriptor in held:
                with os.fdopen(descriptor, "r+b") as file:
                    file.write(bytes(os.fstat(descriptor).st_size))
                    file.flush()
                    os.fsync(descriptor)

    def declare_live(self) -> None:
        """Write down which master keys the server that starts now can open."""
        ids = " ".join(master.id for master in self._masters).encode()
        with self._alone():  # Every worker does.
            write_durably(self._folder / LIVE_FILE, ids)

    def rotate(self, progress: Told = lambda done, total: None) -> int:
        """Wrap every key under the newest master key and return how many were under another.

        Raises:
            ConfigError: the server that was started last does not have that one, and could open nothing any more.
        """
        self.prepare()
        live = self._folder / LIVE_FILE
        if live.exists() and self._masters[0].id not in live.read_text().split():
            raise ConfigError(
                "ACNETRACK_MASTER_KEY begins with a key that the running server does not have; restart the server with"
                " this setting first, then rotate."
            )
        names = (path.name.removesuffix(SUFFIX) for path in sorted(self._folder.glob(f"*{SUFFIX}")))
        timelines = [name for name in names if _ID.fullmatch(name)]
        rewrapped = 0
        for done, timeline_id in enumerate(timelines):
            progress(done, len(timelines))
            with self._alone():
                rewrapped += self._rewrap(timeline_id)
        progress(len(timelines), len(timelines))
        return rewrapped

    def _rewrap(self, timeline_id: str) -> bool:
        path, newest = self._path(timeline_id), self._masters[0]
        stored = path.read_bytes()
        if stored == SHREDDED or wrapped_under(stored) == newest.id:
            return False
        write_durably(path, newest.wrap(unwrap(stored, timeline_id, self._masters), timeline_id))
        return True

    @cached_property
    def _masters(self) -> tuple[MasterKey, ...]:
        try:
            return master_keys(self._given or self._own_master())
        except MasterKeyMalformed as error:
            raise ConfigError(
                f"ACNETRACK_MASTER_KEY {error}; set it to what `acnetrack admin keys new` prints."
            ) from error

    def _own_master(self) -> str:
        path = self._folder / MASTER_FILE
        with self._alone():
            if not path.exists():
                write_durably(path, new_master_key().encode() + b"\n")
        return path.read_text()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep every other writer out, in this process and others; a killed one leaves no lock behind."""
        descriptor = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _path(self, timeline_id: str) -> Path:
        if not _ID.fullmatch(timeline_id):
            raise KeyLost
        return self._folder / (timeline_id + SUFFIX)
