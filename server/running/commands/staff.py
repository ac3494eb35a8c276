"""`acnetrack admin invite`: letting a dermatologist in."""

import argparse
from typing import Any

from server.application.factory import application
from server.people.accounts.staff import invite_dermatologist


def add_commands(subjects: Any) -> None:
    """Give `acnetrack admin` its command."""
    invite = subjects.add_parser("invite", help="print a code with which one dermatologist signs up")
    invite.set_defaults(run=_invite)


def _invite(_given: argparse.Namespace) -> None:
    with application():
        code, expires_at = invite_dermatologist()
    print(
        f"{code}  good once, until {expires_at:%Y-%m-%d %H:%M} UTC. Hand it over in person: it makes a dermatologist."
    )
