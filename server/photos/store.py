"""Where the bytes of photos are kept: a folder or a bucket, by obstore."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol, cast

from flask import current_app
from obstore.exceptions import BaseError
from obstore.store import HTTPStore, LocalStore, MemoryStore, ObjectStore, from_url

from server.foundation.config import Config, ConfigError
from server.foundation.durable import to_disk
from server.foundation.http.errors import Problem

RETRIES, RETRIED_FOR = 3, timedelta(seconds=10)
"""A phone waits for the answer; it tries again by itself when the bucket is away for longer."""


class PhotoStoreAway(Problem):
    """The photo store does not answer, or refuses, or is full."""

    status = 503
    code = "photo_store_away"
    detail = "The place where photos are kept cannot be reached now; try again in a moment."
    headers = {"Retry-After": "5"}  # noqa: RUF012 – a constant of the class, as in its base


@dataclass(frozen=True)
class StoredObject:
    """One thing that is kept: its key, when it was written by the store's clock, and its size."""

    key: str
    written_at: datetime
    size_bytes: int


class PhotoStore(Protocol):
    """A place that keeps bytes under a key, whole or not at all."""

    def put(self, key: str, data: bytes) -> None:
        """Keep `data`, replacing what was there; on return it is there for good."""
        ...

    def get(self, key: str) -> bytes:
        """Return what is kept. Raises FileNotFoundError where nothing is."""
        ...

    def delete(self, key: str) -> None:
        """Forget what is kept, if anything is."""
        ...

    def objects(self, timeline_id: str | None = None) -> Iterator[StoredObject]:
        """Return everything that is kept, of one timeline or of all."""
        ...


class LocalPhotoStore:
    """Photos in a folder: written beside their place first, then moved there at once.

    Unless `durable`, a power cut may lose what was put: for photos that can be loaded again.
    """

    def __init__(self, folder: Path, durable: bool = True) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigError(
                f"ACNETRACK_PHOTO_DIR cannot be made: {folder} ({error.strerror}); set it to a folder that the"
                " server's user may write to."
            ) from error
        self._folder, self._durable = folder, durable
        self._store = LocalStore(folder)

    def put(self, key: str, data: bytes) -> None:
        """Keep `data`, replacing what was there; on return it has reached the disk."""
        path = self._folder / key
        try:
            with _answering():
                self._store.put(key, data)
                for written in (path, path.parent, self._folder) if self._durable else ():
                    to_disk(written)
        except (PhotoStoreAway, FileNotFoundError) as error:
            with suppress(OSError):
                path.unlink(missing_ok=True)
            raise PhotoStoreAway from error

    def get(self, key: str) -> bytes:
        """Return what is kept. Raises FileNotFoundError where nothing is."""
        return bytes(self._store.get(key).bytes())

    def delete(self, key: str) -> None:
        """Forget what is kept, if anything is."""
        (self._folder / key).unlink(missing_ok=True)

    def objects(self, timeline_id: str | None = None) -> Iterator[StoredObject]:
        """Return every file, also what a killed process had written beside its place."""
        for path in (self._folder / (timeline_id or "")).rglob("*"):
            if path.is_file():
                facts = path.stat()
                written_at = datetime.fromtimestamp(facts.st_mtime, UTC)
                yield StoredObject(path.relative_to(self._folder).as_posix(), written_at, facts.st_size)


class BucketPhotoStore:
    """Photos in a bucket: `s3://name/prefix`, or what else obstore knows; its environment says where and as whom."""

    def __init__(self, url: str) -> None:
        try:
            store = from_url(url, retry_config={"max_retries": RETRIES, "retry_timeout": RETRIED_FOR})
        except (BaseError, ValueError) as error:
            raise ConfigError(
                "ACNETRACK_PHOTO_STORE names no bucket that can be used; for example s3://photos/acnetrack, with"
                " AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_ENDPOINT of another maker."
            ) from error
        if isinstance(store, HTTPStore | LocalStore | MemoryStore):
            raise ConfigError("ACNETRACK_PHOTO_STORE names no bucket; a folder is named by ACNETRACK_PHOTO_DIR.")
        self._store: ObjectStore = store

    def put(self, key: str, data: bytes) -> None:
        """Keep `data`, replacing what was there; the bucket answers when it is there for good."""
        try:
            with _answering():
                self._store.put(key, data)
        except FileNotFoundError as error:  # The bucket itself.
            raise PhotoStoreAway from error

    def get(self, key: str) -> bytes:
        """Return what is kept. Raises FileNotFoundError where nothing is."""
        with _answering():
            return bytes(self._store.get(key).bytes())

    def delete(self, key: str) -> None:
        """Forget what is kept, if anything is."""
        try:
            with _answering():
                self._store.delete(key)
        except FileNotFoundError:
            return

    def objects(self, timeline_id: str | None = None) -> Iterator[StoredObject]:
        """Return every object."""
        with _answering():
            for page in self._store.list(timeline_id):
                yield from (StoredObject(each["path"], each["last_modified"], each["size"]) for each in page)


def opened_store(config: Config) -> PhotoStore:
    """Return the photo store of the settings. Raises ConfigError where they name none."""
    return BucketPhotoStore(config.photo_store) if config.photo_store else LocalPhotoStore(config.photo_dir)


def store() -> PhotoStore:
    """Return the running application's photo store."""
    return cast(PhotoStore, current_app.extensions["acnetrack.photos"])


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise
    except (BaseError, OSError) as error:
        raise PhotoStoreAway from error
