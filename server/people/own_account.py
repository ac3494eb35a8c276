"""One's own account, as one sees it."""

from typing import Any

from server.people.accounts.models import User
from server.people.credentials.recovery import codes_left
from server.people.credentials.second_factor import enrolled
from server.people.credentials.standing_in import announced
from server.people.guardians.consent import status
from server.people.guardians.handing_over import handed_over_on


def own_account(user: User) -> dict[str, Any]:
    """Return what `user` sees of their account."""
    return {
        **{name: getattr(user, name) for name in ("id", "email", "name", "role", "consent_on", "majority_on")},
        "status": status(user),
        "handed_over_on": handed_over_on(user),
        "second_factor": enrolled(user),
        "recovery_code_used": announced(user),
        "recovery_codes_left": codes_left(user),
    }
