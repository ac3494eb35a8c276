"""Who looks at the pages: a browser signed in by a cookie that holds an opaque session token."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar, cast
from urllib.parse import urlencode

from flask import g, redirect, request, session
from werkzeug.wrappers import Response

from server.foundation import clock, db
from server.foundation.http.retrying import before_retry
from server.people.accounts.models import Device, User
from server.people.credentials import devices
from server.people.credentials.enrolment import barred_until_enrolled

P = ParamSpec("P")
R = TypeVar("R")

SIGN_IN_PAGE, ENROLMENT_PAGE = "/sign-in", "/account/second-factor"
SECOND_FACTOR_SECONDS = 5 * 60


def sign_in(user: User) -> None:
    """Start a page session for `user` in this browser, ending whatever it held before."""
    sign_out()
    _, session["token"] = devices.sign_in(user, "browser", "Web browser")


def await_second_factor(user: User) -> None:
    """Remember in this browser, for a few minutes, that `user` gave the right password."""
    sign_out()
    session["password_right"] = {"user_id": user.id, "until": int(clock.now().timestamp()) + SECOND_FACTOR_SECONDS}


def awaited() -> User | None:
    """Return who gave the right password in this browser, and has yet to give the second factor."""
    held = session.get("password_right")
    if not isinstance(held, dict) or held["until"] < clock.now().timestamp():
        return None
    return db.session().get(User, held["user_id"])


def sign_out() -> None:
    """End this browser's page session, here and in the database."""
    if (device := current_browser()) is not None:
        devices.revoke_device(device.user, device.id)
    forget()


def forget() -> None:
    """Drop what this browser holds of a page session that has ended."""
    session.clear()
    ask_anew_who_is_signed_in()


@before_retry
def ask_anew_who_is_signed_in() -> None:
    """Drop what was looked up of this browser's page session in this request: it may be gone since."""
    g.pop("browser", None)


def current_user() -> User | None:
    """Return who is signed in on this browser, if anybody."""
    device = current_browser()
    return device.user if device else None


def page_login_required(view: Callable[P, R]) -> Callable[P, R | Response]:
    """Send whoever is not signed in to the sign-in page, and from there back to `view`."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R | Response:
        browser = current_browser()
        if browser is None:
            wanted = request.full_path.rstrip("?") if request.method == "GET" else "/"
            return redirect(f"{SIGN_IN_PAGE}?{urlencode({'next': wanted})}")
        g.signed_in_by, g.signed_in_as = browser.id, browser.user_id
        if barred_until_enrolled(view, browser.user):
            return redirect(ENROLMENT_PAGE)
        return view(*args, **kwargs)

    return guarded


def safe_next(target: str | None) -> str:
    """Return `target` if it is a path on this server, else the start page."""
    if not target or not target.startswith("/") or target.startswith("//"):
        return "/"
    if "\\" in target or any(ord(character) <= 32 for character in target):
        return "/"  # Browsers take a backslash for a slash, and skip tabs and line ends.
    return target


def current_browser() -> Device | None:
    """Return this browser's page session, if it has one."""
    if "browser" not in g:
        token = session.get("token")
        g.browser = devices.use_token(token, "browser") if isinstance(token, str) else None
    return cast(Device | None, g.browser)
