"""Synchronising as one person: what they may see, what they may write, and what is recorded of it."""

from collections import defaultdict
from dataclasses import replace
from typing import Any

from server.people.accounts.models import Device, User
from server.people.guardians.consent import require_consent
from server.sharing.accesses.chain import Head
from server.sharing.accesses.recording import head_of, record_daily, record_read
from server.sharing.grants.access import Access, OwnerOnly, accesses_of, require_access
from server.sync.cursor import Cursor
from server.sync.migration import Migration
from server.sync.pull import Page, pull
from server.sync.push import Changes, push


def timelines_of(user: User) -> list[dict[str, Any]]:
    """Return each timeline that `user` may see, with its newest cursor; that a clinician asks is recorded."""
    accesses = accesses_of(user)
    record_daily(user, [access.timeline.id for access in accesses if access.grant], "list of timelines")
    return [
        {
            "id": access.timeline.id,
            "role": access.role,
            "scope": "photos" if access.photos else "records",
            "patient": access.timeline.patient.name,
            "cursor": Cursor.head(access).to_wire(),
        }
        for access in accesses
    ]


def pull_as(
    user: User, access: Access, last_pulled_at: int | None, limit: int, migration: Migration | None = None
) -> Page:
    """Return the next page of changes for `user`, after recording that a clinician reads them."""
    page = pull(access, last_pulled_at, limit, migration)
    if page.empty:
        record_daily(user, [access.timeline.id], "news")
    else:
        record_read(user, access.timeline.id, "timeline")
    return replace(page, access_log=access_log_of(access))


def access_log_of(access: Access) -> Head | None:
    """Return the head of the log of who read the timeline, for its owner alone."""
    return None if access.grant else head_of(access.timeline.id)


def push_from(
    device: Device, timeline_id: str, changes: Changes, last_pulled_at: int | None, number: int | None = None
) -> dict[str, Any]:
    """Write a device's changes to its owner's timeline and return the verdicts, in both forms.

    Raises:
        OwnerOnly: the timeline is another's, shared for reading.
        ConsentRequired: the owner is a child without a guardian's consent.
    """
    rejected = push(writable(device, timeline_id), device, changes, last_pulled_at, number)
    ids: dict[str, dict[str, None]] = defaultdict(dict)
    for verdict in rejected:
        if verdict["id"] is not None:
            ids[verdict["table"]][verdict["id"]] = None
    return {"rejected": rejected, "experimentalRejectedIds": {table: list(refused) for table, refused in ids.items()}}


def writable(device: Device, timeline_id: str) -> Access:
    """Return the access of a device that may write to the timeline. Raises OwnerOnly, ConsentRequired."""
    access = require_access(device.user, timeline_id)
    if access.grant is not None:
        raise OwnerOnly
    require_consent(device.user)
    return access
