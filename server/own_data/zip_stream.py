"""A zip that is sent while it is made: what was written so far is handed on, and never kept."""

import hashlib
import io
import zipfile
from collections.abc import Iterable, Iterator

CHECKSUMS = "SHA256SUMS"
"""The last file: of every other one its SHA-256, as `sha256sum -c` reads it."""

WHEN = (2000, 1, 1, 0, 0, 0)
"""The time of every file: the zip is of one moment, which its contents name."""


class ZipStream:
    """Give it files one after another, and send on what `add` and `close` yield."""

    def __init__(self) -> None:
        self._sink = _Sink()
        self._zip = zipfile.ZipFile(self._sink, "w", zipfile.ZIP_DEFLATED)
        self._sums: list[str] = []

    def add(self, name: str, pieces: Iterable[bytes], packed: bool = False) -> Iterator[bytes]:
        """Add a file a piece at a time; `packed` ones, as photos, are not compressed again."""
        info, sha256 = zipfile.ZipInfo(name, WHEN), hashlib.sha256()
        info.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
        info.external_attr = 0o600 << 16
        with self._zip.open(info, "w", force_zip64=True) as file:
            for piece in pieces:
                sha256.update(piece)
                file.write(piece)
                yield self._sink.taken()
        self._sums.append(f"{sha256.hexdigest()}  {name}\n")
        yield self._sink.taken()

    def close(self) -> Iterator[bytes]:
        """Add the checksums and the table of contents."""
        yield from self.add(CHECKSUMS, ["".join(self._sums).encode()])
        self._zip.close()
        yield self._sink.taken()


class _Sink(io.RawIOBase):
    """What is written, until it is taken; it cannot go back, so the zip does not try to."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self._written.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        done = b"".join(self._written)
        self._written.clear()
        return done
