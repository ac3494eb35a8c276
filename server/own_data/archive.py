"""An export that is read: its files checked before any is believed, and read a piece at a time."""

import hashlib
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from server.own_data.errors import ImportRefused
from server.own_data.export import FORMAT, VERSION
from server.own_data.zip_stream import CHECKSUMS

MOST_FILES = 100_000
MOST_DATA_BYTES = 2 * 1024**3
"""Of all JSON together, unpacked."""
LONGEST_LINE = 8 * 1024 * 1024
HELD_BYTES = {"export.json": 64 * 1024, CHECKSUMS: 110 * MOST_FILES}
"""Of the files that are read whole."""

_DATA = re.compile(r"data/[a-z_]{1,40}\.json|export\.json|README\.txt|SHA256SUMS")
_PHOTO = re.compile(r"photos/[0-9]{5,8}-(front|left|right)\.(jpg|png|webp)")
_PIECE = 1 << 20


class NotAnExport(ImportRefused):
    """The file is no zip, or not one that this server made."""


class ExportDamaged(ImportRefused):
    """A file in it is not what was exported."""


class ExportTooLarge(ImportRefused):
    """It would unpack to more than an export can hold."""


class ExportOfOtherVersion(ImportRefused):
    """It was made by a server of another version."""


class Archive:
    """An export's files, all of which are there and are what their checksums say.

    Raises:
        NotAnExport, ExportTooLarge, ExportDamaged, ExportOfOtherVersion: it is refused; nothing was unpacked.
    """

    def __init__(self, path: Path, schema: str, photo_max_bytes: int) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
            self._refuse_foreign(photo_max_bytes)
            self._verify()
            self.described = json.loads(self._zip.read("export.json"))
            named = self.described["format"], self.described["version"], self.described["schema"]
        except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
            raise NotAnExport(f"{path.name} is no zip that can be read; export again.") from error
        except (ValueError, KeyError, TypeError) as error:
            raise NotAnExport(f"{path.name} has no export.json of acnetrack; import what an export gave.") from error
        if named != (FORMAT, VERSION, schema):
            raise ExportOfOtherVersion(
                f"{path.name} is {named[0]} {named[1]} of database version {named[2]}, this server imports {FORMAT}"
                f" {VERSION} of {schema}; bring the other server to this version and export again."
            )

    def close(self) -> None:
        """Let go of the file."""
        self._zip.close()

    def rows(self, table: str) -> Iterator[dict[str, Any]]:
        """Yield a table's rows; none where the export has no such table.

        Raises:
            ExportDamaged: a line is not a row.
        """
        try:
            file = self._zip.open(f"data/{table}.json")
        except KeyError:
            return
        with file:
            while line := file.readline(LONGEST_LINE + 1):
                if line.strip() not in (b"[", b"]", b""):
                    yield self._row(line, table)

    def photo(self, name: str) -> bytes:
        """Return a photo's bytes. Raises ExportDamaged where there is none of this name."""
        if not _PHOTO.fullmatch(name) or name not in self._sums:
            raise ExportDamaged(f"data/photos.json names {name!r:.40}, which is not in the export; export again.")
        return self._zip.read(name)

    def _row(self, line: bytes, table: str) -> dict[str, Any]:
        try:
            row = json.loads(line.strip().removesuffix(b","))
        except (ValueError, RecursionError):
            row = None
        if not isinstance(row, dict) or len(line) > LONGEST_LINE:
            raise ExportDamaged(f"data/{table}.json is not one record a line; export again.")
        return row

    def _refuse_foreign(self, photo_max_bytes: int) -> None:
        """Refuse names that no export has, and sizes that none reaches, before anything is unpacked."""
        entries = self._zip.infolist()
        if len(entries) > MOST_FILES:
            raise ExportTooLarge(f"The zip has {len(entries)} files; an export has at most {MOST_FILES}.")
        if len({entry.filename for entry in entries}) != len(entries):
            raise NotAnExport("The zip has two files of one name; import what an export gave.")
        data_bytes = 0
        for entry in entries:
            if entry.flag_bits & 1:
                raise NotAnExport("The zip is encrypted; unpack it and pack it again without a password.")
            if _PHOTO.fullmatch(entry.filename):
                if entry.file_size > photo_max_bytes:
                    raise ExportTooLarge(f"{entry.filename} is larger than this server takes photos to be.")
            elif entry.file_size > HELD_BYTES.get(entry.filename, entry.file_size):
                raise ExportTooLarge(f"{entry.filename} is longer than that of any export.")
            elif _DATA.fullmatch(entry.filename):
                data_bytes += entry.file_size
            else:
                raise NotAnExport(f"The zip has a file {entry.filename!r:.60}, which no export has.")
        if data_bytes > MOST_DATA_BYTES:
            raise ExportTooLarge(f"The zip would unpack to {data_bytes:,} bytes of records; that is no export.")

    def _verify(self) -> None:
        lines = self._zip.read(CHECKSUMS).decode().splitlines()
        self._sums: Mapping[str, str] = {line[66:]: line[:64] for line in lines}
        if self._sums.keys() != set(self._zip.namelist()) - {CHECKSUMS}:
            raise ExportDamaged(f"{CHECKSUMS} does not name the files that are there; export again.")
        for name, expected in self._sums.items():
            sha256 = hashlib.sha256()
            with self._zip.open(name) as file:
                while piece := file.read(_PIECE):
                    sha256.update(piece)
            if sha256.hexdigest() != expected:
                raise ExportDamaged(f"{name} is not what was exported: its SHA-256 differs; export again.")
