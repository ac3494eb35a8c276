"""Who has to set up a second factor before they may do anything else, and what they may do before."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from server.foundation.config import settings
from server.foundation.http.errors import Problem
from server.people.accounts.models import User
from server.people.credentials.second_factor import enrolled

P = ParamSpec("P")
R = TypeVar("R")


class EnrolmentRequired(Problem):
    """This account may do nothing before it has a second factor."""

    status = 403
    code = "enrolment_required"
    detail = "Set up an authenticator first: POST /v1/account/second-factor, or the account page."


def works_before_enrolment(view: Callable[P, R]) -> Callable[P, R]:
    """Mark a view that also those may call who still have to set up their second factor."""
    view.works_before_enrolment = True  # type: ignore[attr-defined]
    return view


def must_enrol(user: User) -> bool:
    """Return whether `user` may do nothing else before they have a second factor."""
    return user.role == "dermatologist" and settings().second_factor_demanded and not enrolled(user)


def barred_until_enrolled(view: Callable[..., object], user: User) -> bool:
    """Return whether `user` has to set up their second factor before they may call `view`."""
    return must_enrol(user) and not getattr(view, "works_before_enrolment", False)
