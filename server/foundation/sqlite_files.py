"""Files as the addresses of SQLite databases, and back: a folder may be called anything."""

from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

_RESERVED = str.maketrans({"%": "%25", "?": "%3F", "#": "%23"})


def sqlite_url(file: Path) -> str:
    """Return the URL of the SQLite database in `file`."""
    return f"sqlite:///{str(file).translate(_RESERVED)}"


def sqlite_file(url: str) -> Path | None:
    """Return the file that a URL names, None for a database that is no file, or a URL that is none."""
    try:
        address = make_url(url)
    except ArgumentError:
        return None
    return Path(address.database) if address.get_backend_name() == "sqlite" and address.database else None
