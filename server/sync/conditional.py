"""Polling: the ETag of an answer is its cursor, and who has the newest is told 304."""

from flask import Response, request

from server.people.accounts.models import User
from server.sharing.accesses.chain import Head
from server.sharing.accesses.recording import record_daily
from server.sharing.grants.access import Access
from server.sync.as_caller import access_log_of
from server.sync.cursor import Cursor


def unchanged(user: User, access: Access) -> Response | None:
    """Return the 304 for a request that names the newest cursor in If-None-Match, None for any other.

    That a clinician asked is recorded once a day: no news is something to know, too.
    """
    head = Cursor.head(access).to_wire()
    if not request.if_none_match.contains_weak(str(head)):
        return None
    record_daily(user, [access.timeline.id], "news")
    return Response(status=304, headers=headers(head, access_log_of(access)))


def headers(cursor: int, access_log: Head | None) -> dict[str, str]:
    """Return the headers of an answer that leads to `cursor`."""
    log = {"Acnetrack-Access-Log": str(access_log)} if access_log else {}
    return {"ETag": f'"{cursor}"', "Cache-Control": "private, no-cache", "Vary": "Authorization", **log}
