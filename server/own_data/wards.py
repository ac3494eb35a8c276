"""A child's data in a guardian's hands: a copy of the records, and erasing everything."""

from flask import Response

from server.foundation.config import settings
from server.guardianship.sharing import timeline_of
from server.own_data.erasure import Erased, erase_account
from server.own_data.export import export_response
from server.people.accounts.models import User
from server.people.guardians.rights import acting_for, guardianship
from server.sharing.accesses.recording import record_read


def copy_for(guardian: User, child_id: str) -> Response:
    """Return the child's records, with the photos where the child or the server's configuration says so.

    The child sees it in their access log. Raises what `acting_for` raises.
    """
    child = acting_for(guardian, child_id)
    record_read(guardian, timeline_of(child), "copy")
    photos = settings().guardian_photos == "always" or guardianship(guardian, child_id).photos
    return export_response(child, photos)


def erase_for(guardian: User, child_id: str, password: str) -> Erased:
    """Erase the child's account, which the guardian confirms with their own password.

    Raises what `acting_for` and `erase_account` raise.
    """
    return erase_account(acting_for(guardian, child_id), password, confirmed_by=guardian)
