"""Everything that the server holds of one person, as a zip that they can read and another server can import.

Rows are read from one moment of the database, a few at a time, and photos one by one, so that memory stays the same
however much there is.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from flask import Response, stream_with_context
from sqlalchemy import ColumnElement, Connection, Table, select, text

from server.foundation import clock, db
from server.migrations.runner import version_of
from server.own_data.ownership import OUTLIVING, belonging_to, timelines_of
from server.own_data.readme import readme
from server.own_data.zip_stream import ZipStream
from server.people.accounts.models import User
from server.photos.sealed import get_sealed
from server.timeline.media_types import SUFFIXES

FORMAT = "acnetrack-export"
VERSION = 1
ROWS_AT_ONCE = 200
LONGEST_SECONDS = 3600
"""How long PostgreSQL keeps the moment open for somebody with a slow line."""

SECRETS = frozenset(
    {
        "password_hash",
        "former_password_hash",
        "token_sha256",
        "next_token_sha256",
        "code_sha256",
        "object_key",
        "content_hmac",
        "sealed_secret",
        "metadata_header",
    }
)
"""Columns that say nothing of a person and open or find something: they stay on the server."""

NOT_EXPORTED = ("recovery_codes", "second_factors", "stored_photos", "upload_parts", "kept_lines", "worklist_marks")
"""Tables of secrets, of where something lies, of what is made anew from the others, and of a reader's own bookmarks."""


def export_response(user: User, photos: bool = True) -> Response:
    """Return the download of everything that is `user`'s, for a guardian perhaps without the photos."""
    db.session().refresh(user)  # The session that knows them is closed when the first piece is asked for.
    name = f"acnetrack-{clock.now():%Y-%m-%d}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(stream_with_context(exported(user, photos)), mimetype="application/zip", headers=headers)


def exported(user: User, photos: bool = True) -> Iterator[bytes]:
    """Yield the zip, piece by piece.

    Raises:
        EncryptionError: a photo's key cannot be had.
    """
    user_id, timelines = user.id, timelines_of(user.id)
    tables = _tables(user, timelines)
    schema, zip_, at = version_of(db.engine()), ZipStream(), clock.now()
    db.release()
    with db.engine().connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"SET LOCAL idle_in_transaction_session_timeout = '{LONGEST_SECONDS}s'"))
        yield from zip_.add("README.txt", [readme(at).encode()])
        described = {"format": FORMAT, "version": VERSION, "schema": schema, "exported_at": at.isoformat()}
        described |= {"user_id": user_id, "timelines": timelines}
        yield from zip_.add("export.json", [json.dumps(described, indent=1).encode()])
        files: dict[str, str] = {}
        for timeline_id in timelines if photos else ():
            yield from _photos(connection, zip_, timeline_id, files)
        for table, condition in tables.items():
            rows = _rows(connection, table, condition, files if table.name == "photos" else {})
            yield from zip_.add(f"data/{table.name}.json", _as_json(rows))
        yield from zip_.add("data/people.json", _as_json(_people(connection, tables)))
    yield from zip_.close()


def _tables(user: User, timelines: list[str]) -> Mapping[Table, ColumnElement[bool]]:
    """Return what is `user`'s: of who has no timeline, nothing that is in one, for that is a patient's."""
    tables = belonging_to(user, timelines)
    if not timelines:
        tables = {table: condition for table, condition in tables.items() if "timeline_id" not in table.c}
    for name in OUTLIVING:
        table = db.Base.metadata.tables[name]
        tables[table] = table.c.timeline_id.in_(timelines)
    return {table: condition for table, condition in tables.items() if table.name not in NOT_EXPORTED}


def _rows(
    connection: Connection, table: Table, condition: ColumnElement[bool], files: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
    columns = [column for column in table.columns if column.name not in SECRETS]
    query = select(*columns).where(condition).order_by(*table.primary_key.columns)
    result = connection.execution_options(yield_per=ROWS_AT_ONCE).execute(query)
    for row in result.mappings():
        shown = dict(row)
        if table.name == "photos":
            shown["file"] = files.get(shown["id"])
        yield shown


def _people(connection: Connection, tables: Mapping[Table, ColumnElement[bool]]) -> Iterator[dict[str, Any]]:
    """Yield who else is named by these rows: their ids, names and roles."""
    users = db.Base.metadata.tables["users"]
    ids: set[str | None] = set()
    for table, condition in tables.items():
        for key in table.foreign_key_constraints:
            if key.referred_table is users:
                column = key.elements[0].parent
                ids.update(connection.scalars(select(column).where(condition).distinct()))
    for user_id in sorted(user_id for user_id in ids if user_id is not None):
        row = connection.execute(select(users.c.id, users.c.name, users.c.role).where(users.c.id == user_id)).one()
        yield dict(row._mapping)


def _photos(connection: Connection, zip_: ZipStream, timeline_id: str, files: dict[str, str]) -> Iterator[bytes]:
    """Add the photos as they were kept, decrypted, and write down which file is whose."""
    photos, stored = (db.Base.metadata.tables[name] for name in ("photos", "stored_photos"))
    query = (
        select(photos.c.id, photos.c.view, photos.c.media_type, stored.c.object_key)
        .join(stored, (stored.c.timeline_id == photos.c.timeline_id) & (stored.c.photo_id == photos.c.id))
        .where(photos.c.timeline_id == timeline_id, photos.c.deleted.is_(False))
        .order_by(photos.c.rev)
    )
    for number, row in enumerate(connection.execute(query).all(), start=1):
        try:
            data = get_sealed(timeline_id, row.object_key)
        except FileNotFoundError:
            continue  # It was deleted while the zip was on its way.
        files[row.id] = f"photos/{number:05}-{row.view}.{SUFFIXES[row.media_type]}"
        yield from zip_.add(files[row.id], [data], packed=True)


def _as_json(rows: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    """Yield rows as a JSON array, one a line, so that it can be read a line at a time too."""
    yield b"["
    for number, row in enumerate(rows):
        yield (",\n" if number else "\n").encode() + json.dumps(row, default=_text, ensure_ascii=False).encode()
    yield b"\n]\n"


def _text(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in an export")
