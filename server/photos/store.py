"""Where the bytes of photos are kept."""

import os
from pathlib import Path
from typing import Protocol, cast

from flask import current_app
from obstore.store import LocalStore

from server.config import ConfigError


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


class LocalPhotoStore:
    """Photos in a folder: written beside their place first, then moved there at once.

    Unless `durable`, a power cut may lose what was put: for photos that can be loaded again.
    """

    def __init__(self, folder: Path, durable: bool = True) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigError(f"ACNETRACK_PHOTO_DIR cannot be made: {folder} ({error.strerror}).") from error
        self._folder, self._durable = folder, durable
        self._store = LocalStore(folder)

    def put(self, key: str, data: bytes) -> None:
        """Keep `data`, replacing what was there; on return it has reached the disk."""
        self._store.put(key, data)
        if not self._durable:
            return
        path = self._folder / key
        for written in (path, path.parent):
            descriptor = os.open(written, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def get(self, key: str) -> bytes:
        """Return what is kept. Raises FileNotFoundError where nothing is."""
        return bytes(self._store.get(key).bytes())

    def delete(self, key: str) -> None:
        """Forget what is kept, if anything is."""
        try:
            self._store.delete(key)
        except FileNotFoundError:
            return


def store() -> PhotoStore:
    """Return the running application's photo store."""
    return cast(PhotoStore, current_app.extensions["acnetrack.photos"])
