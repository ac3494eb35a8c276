"""Replicating as one person: what they may see, what they may write, and what is recorded of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from server.people.accounts.models import Device, User
from server.sharing.accesses.recording import record_daily, record_read
from server.sharing.grants.access import Access
from server.sync.as_caller import writable
from server.sync.rx import documents as rx


def pull_documents_as(user: User, access: Access, table: str, checkpoint: int | None, limit: int) -> rx.Documents:
    """Return a table's next documents for `user`, after recording that a clinician reads them."""
    page = rx.pull_documents(access, table, checkpoint, limit)
    if page.documents:
        record_read(user, access.timeline.id, "timeline")
    else:
        record_daily(user, [access.timeline.id], "news")
    return page


def push_documents_from(
    device: Device,
    timeline_id: str,
    table: str,
    rows: Sequence[Mapping[str, Any]],
    checkpoint: int | None,
    number: int | None = None,
    why: bool = False,
) -> list[rx.Document]:
    """Write a device's documents to its owner's timeline and return the server's state of those not taken.

    Raises:
        OwnerOnly, ConsentRequired: as `push_from`.
    """
    return rx.push_documents(writable(device, timeline_id), device, table, rows, checkpoint, number, why)
