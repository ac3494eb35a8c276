"""Taking an export in: the same person, timeline and photos on another server, all of it or nothing."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Table, insert, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from server.foundation import clock, db
from server.foundation.config import settings
from server.foundation.http.errors import Problem
from server.foundation.ids import new_secret
from server.foundation.journal.recording import journal
from server.migrations.runner import version_of
from server.own_data.archive import Archive
from server.own_data.erasure import CLOSED_PASSWORD, closed_email
from server.own_data.errors import ImportRefused, RecordRefused
from server.own_data.values import column_value, row_values
from server.people.accounts.account import normalised, user_by_email
from server.people.accounts.models import User
from server.people.accounts.passwords import hash_password
from server.photos.inspection import inspect_photo
from server.photos.models import StoredPhoto
from server.photos.sealed import content_hmac, put_sealed, remove_objects
from server.sync.batch import text_bytes
from server.sync.cursor import Cursor, hours_since_beginning
from server.sync.reading import values_of
from server.sync.tables import PHOTOS, TABLES, Kind
from server.sync.verdict import Rejected
from server.timeline.models import Timeline

ROWS_AT_ONCE = 500
OF_A_TOMBSTONE = {"timeline_id", "id", "rev", "deleted", "device_id"}
_ID = re.compile("[0-9a-f]{32}")
ALSO = ("charted_models", "access_links", "reads")
"""Tables that are taken in beside the synchronised ones; sign-ins, invitations and consents belong to a server."""


class AccountExists(ImportRefused):
    """Somebody or something of the export is on the server already, or was erased from it."""


@dataclass(frozen=True)
class Imported:
    """Whose data was taken in, how much, and the password that they sign in with and then change."""

    email: str
    password: str
    records: int
    photos: int


def import_export(path: Path) -> Imported:
    """Take in the export at `path` as an account of its own, with the ids that it had.

    Every phone of the patient's pulls everything again. Dermatologists whom it names become closed accounts: their
    notes and what they read stay, their right to read has to be given anew.

    Raises:
        NotAnExport, ExportDamaged, ExportTooLarge, ExportOfOtherVersion, AccountExists, RecordRefused: nothing was
            taken in.
    """
    archive = Archive(path, version_of(db.engine()) or "", settings().photo_max_bytes)
    objects: list[str] = []
    try:
        user, timeline = _only(archive, "users"), _only(archive, "timelines")
        _refuse_malformed(user, timeline)
        _refuse_known(user, timeline)
        photos = list(_store_photos(archive, timeline["id"], objects))
        password = new_secret()
        with db.write() as session:
            _add_person(session, user, password, archive)
            records = _add_timeline(session, timeline, archive)
            for some in _parts(iter(photos)):
                session.execute(insert(StoredPhoto), some)
    except BaseException as error:
        remove_objects(objects)
        if isinstance(error, DBAPIError):
            raise RecordRefused("The export's records do not fit one another; export again.") from error
        raise
    finally:
        archive.close()
    return Imported(user["email"], password, records, len(photos))


def _refuse_known(user: Mapping[str, Any], timeline: Mapping[str, Any]) -> None:
    session = db.session()
    known = user_by_email(user["email"]), session.get(User, user["id"]), session.get(Timeline, timeline["id"])
    if any(known):
        raise AccountExists("The account of this export is on the server already; there is nothing to import.")
    if any(timeline["id"] == entry.timeline_id for entry in journal().of("erased")):
        raise AccountExists("The account of this export was erased here, for good; import it into another server.")


def _refuse_malformed(user: Mapping[str, Any], timeline: Mapping[str, Any]) -> None:
    if user["role"] != "patient" or timeline["patient_id"] != user["id"]:
        raise RecordRefused("The export is not of one patient and their timeline; only such a one can be imported.")
    if not all(_ID.fullmatch(each) for each in (user["id"], timeline["id"])):
        raise RecordRefused("The ids of the account or its timeline are none that a server gives.")
    if user["email"] != normalised(user["email"]) or not user["email"].isascii() or "@" not in user["email"]:
        raise RecordRefused("The account's e-mail is none that a server keeps.")


def _add_person(session: Session, user: Mapping[str, Any], password: str, archive: Archive) -> None:
    users = db.Base.metadata.tables[User.__tablename__]
    session.execute(insert(users).values(**user, password_hash=hash_password(password)))
    for named in archive.rows("people"):
        other = {column: column_value(users.c[column], named.get(column)) for column in ("id", "name", "role")}
        if other["id"] == user["id"]:
            continue
        known = session.get(User, other["id"])
        if known is None:
            closed = {"email": closed_email(other["id"]), "password_hash": CLOSED_PASSWORD, "closed_at": clock.now()}
            session.execute(insert(users).values(**other, **closed, created_at=clock.now()))
        elif (known.name, known.role) != (other["name"], other["role"]):
            raise AccountExists(f"The export names a {other['role']} whose id is another person's here.")


def _add_timeline(session: Session, timeline: Mapping[str, Any], archive: Archive) -> int:
    tables = db.Base.metadata.tables
    widest = max((row.get("epoch") or 0 for row in archive.rows("grants")), default=0)
    epoch = max(hours_since_beginning(), timeline["epoch"] + widest + 1)
    cut_at = Cursor(timeline["epoch"], timeline["seq"]).to_wire()
    place = {**timeline, "epoch": epoch, "cut_at": cut_at, "stored_bytes": 0}
    session.execute(insert(tables["timelines"]).values(place))
    count = stored_bytes = 0
    places: set[int] = set()
    for name in (*(table.name for table in TABLES), *ALSO):
        for some in _parts(_validated_rows(archive, tables[name], timeline, places)):
            session.execute(insert(tables[name]), some)
            count += len(some)
            stored_bytes += sum(map(text_bytes, some))
    session.execute(update(tables["timelines"]).values(stored_bytes=stored_bytes).filter_by(id=timeline["id"]))
    return count


def _validated_rows(
    archive: Archive, table: Table, timeline: Mapping[str, Any], places: set[int]
) -> Iterator[dict[str, Any]]:
    """Yield a table's rows as the database takes them; those that clients write by the rules for clients too."""
    synced = next((each for each in TABLES if each.name == table.name), None)
    for row in archive.rows(table.name):
        file = row.pop("file", None)
        values = row_values(table, row)
        if values["timeline_id"] != timeline["id"]:
            raise RecordRefused(f"data/{table.name}.json has a record of another timeline.")
        if synced is not None:
            _refuse_misplaced(values, table.name, timeline["seq"], places)
            places.add(values["rev"])
        if synced is not None and not values["deleted"] and synced.kind is not Kind.SERVER_OWNED:
            try:
                values_of(synced, {column: row[column] for column in synced.columns})
            except Rejected as reason:
                raise RecordRefused(f"data/{table.name}.json has a record that is {reason.code}: {reason}") from reason
        if synced is PHOTOS and not values["deleted"]:
            values["uploaded"] = file is not None
        yield values


def _refuse_misplaced(values: Mapping[str, Any], table: str, seq: int, places: set[int]) -> None:
    if not 1 <= (values["rev"] or 0) <= seq or values["rev"] in places:
        raise RecordRefused(f"data/{table}.json has a record that is not in the order of its timeline.")
    if values["deleted"] and any(values[column] is not None for column in values.keys() - OF_A_TOMBSTONE):
        raise RecordRefused(f"data/{table}.json has a deleted record that still says something.")


def _store_photos(archive: Archive, timeline_id: str, objects: list[str]) -> Iterator[dict[str, Any]]:
    """Put each photo into the store and yield where it is; its object is written down in `objects` first."""
    for row in archive.rows(PHOTOS.name):
        if (name := row.get("file")) is None:
            continue
        try:
            photo = inspect_photo(archive.photo(name), row["media_type"])
        except Problem as reason:
            raise RecordRefused(f"{name} is no photo that this server takes: {reason}") from reason
        if (photo.width_px, photo.height_px) != (row["width_px"], row["height_px"]):
            raise RecordRefused(f"{name} has another size than its record says.")
        objects.append(put_sealed(timeline_id, photo.data))
        place = {"object_key": objects[-1], "content_hmac": content_hmac(timeline_id, photo.data)}
        yield {"timeline_id": timeline_id, "photo_id": row["id"], **place}


def _only(archive: Archive, table: str) -> dict[str, Any]:
    rows = list(islice(archive.rows(table), 2))
    if len(rows) != 1:
        raise RecordRefused(f"data/{table}.json does not hold one record, as an export of a patient does.")
    return row_values(db.Base.metadata.tables[table], rows[0])


def _parts(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    some: list[dict[str, Any]] = []
    for row in rows:
        some.append(row)
        if len(some) == ROWS_AT_ONCE:
            yield some
            some = []
    if some:
        yield some
