"""Signing up: an account and, for a patient, the one timeline that is theirs."""

from datetime import date
from typing import Any

from server.foundation import clock, db
from server.foundation.ids import new_id
from server.people.accounts.account import create_account
from server.people.accounts.models import User
from server.people.accounts.staff import use_staff_code
from server.timeline.models import Timeline


def ask_to_sign_up(role: str, invitation: str = "", **said: Any) -> User:
    """Return a new account of somebody who asks for one; a dermatologist's is made by a code, which is then used.

    Raises:
        StaffCodeRefused: `invitation` is no such code; else as `create_account`.
    """
    with db.write():
        if role == "dermatologist":
            use_staff_code(invitation)
        return sign_up(role=role, **said)


def sign_up(
    email: str, name: str, password: str, role: str, born_on: date | None = None, country: str | None = None
) -> User:
    """Return a new account; a patient's has a timeline from the start.

    Raises what `create_account` raises.
    """
    with db.write() as session:
        user = create_account(email, name, password, role, born_on, country)
        if role == "patient":
            session.add(Timeline(id=new_id(), patient_id=user.id, created_at=clock.now()))
    return user
