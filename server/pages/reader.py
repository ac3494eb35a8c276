"""Who reads the page, and what they may read."""

from flask import abort

from server.pages.browser_session import current_user
from server.people.accounts.models import User
from server.sharing.accesses.recording import record_read
from server.sharing.grants.access import Access, require_access


def reader() -> User:
    """Return who is signed in; only behind `page_login_required`."""
    return current_user() or abort(401)


def opened(timeline_id: str, what: str) -> Access:
    """Return the reader's access to a timeline, after writing down that they read `what` of it.

    Raises what `sharing.services.require_access` raises: somebody else's timeline is as unknown as none.
    """
    access = require_access(reader(), timeline_id)
    record_read(reader(), timeline_id, what)
    return access
