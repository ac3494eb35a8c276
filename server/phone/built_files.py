"""The files of the built app: which form of one a browser gets, its type, and how long it may keep it."""

import gzip
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from werkzeug.security import safe_join

from mobile_models.manifest import sha256_of
from server.foundation.http.errors import Problem

INDEX = "index.html"

CODINGS = {"br": ".br", "gzip": ".gz"}
"""The codings that files are built in, the smaller first, and what the names of such files end in."""

MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
"""By ending, the same on every machine; anything else is bytes."""

HASHED = re.compile(r"-[A-Z0-9]{8}\.[a-z0-9.]+\Z")
"""What names end in that carry a hash of their content, as esbuild writes them: such a file never changes."""

IMMUTABLE, ASKED_ANEW = "public, max-age=31536000, immutable", "no-cache"


class AppFileUnknown(Problem):
    """The app has no such file."""

    status = 404
    code = "app_file_unknown"
    detail = "The app has no such file; open /app/, which names those that it has."


class AppNotBuilt(Problem):
    """The server has no app."""

    status = 404
    code = "app_not_built"
    detail = "This server has no app for phones; its operator builds it, or sets ACNETRACK_APP_DIR to a built one."


@dataclass(frozen=True)
class BuiltFile:
    """One file in the form that a browser gets it in; `coding` is "br", "gzip" or, as it is, None."""

    path: Path
    media_type: str
    caching: str
    coding: str | None
    expanded: bool = False
    """Whether it is only there in gzip, and is sent without."""

    @property
    def etag(self) -> str:
        """Name these very bytes: the same file in another coding has another."""
        facts = self.path.stat()
        return f"{_hash_of(self.path, facts.st_mtime_ns, facts.st_size)[:32]}{'-plain' if self.expanded else ''}"

    def opened(self) -> Path | BinaryIO:
        """Return what is sent: the path, or a stream that is expanded while it is read."""
        return cast(BinaryIO, gzip.open(self.path, "rb")) if self.expanded else self.path


def built_file(folder: Path, name: str, takes: Callable[[str], bool]) -> BuiltFile:
    """Return a file of the app built in `folder`; `takes` says whether the browser can read a coding.

    A name whose last part has no ending is an address within the app, which its index answers.

    Raises:
        AppNotBuilt, AppFileUnknown: there is no app, or no such file in it.
    """
    asked = INDEX if not PurePosixPath(name).suffix else name
    if PurePosixPath(asked).suffix in CODINGS.values() or (found := safe_join(str(folder), asked)) is None:
        raise AppFileUnknown
    media_type = MEDIA_TYPES.get(PurePosixPath(asked).suffix, "application/octet-stream")
    caching = IMMUTABLE if HASHED.search(asked) else ASKED_ANEW
    coded = {coding: Path(found + ending) for coding, ending in CODINGS.items() if Path(found + ending).is_file()}
    for coding, path in coded.items():
        if takes(coding):
            return BuiltFile(path, media_type, caching, coding)
    if Path(found).is_file():
        return BuiltFile(Path(found), media_type, caching, None)
    if "gzip" in coded:
        return BuiltFile(coded["gzip"], media_type, caching, None, expanded=True)
    raise AppNotBuilt if asked == INDEX else AppFileUnknown


@lru_cache(maxsize=1024)
def _hash_of(path: Path, _mtime_ns: int, _size: int) -> str:
    return sha256_of(path)
