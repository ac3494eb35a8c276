"""Who looks at the pages: a browser signed in by a cookie that holds an opaque session token."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import ParamSpec, TypeVar, cast
from urllib.parse import urlencode

from flask import g, redirect, request, session
from werkzeug.wrappers import Response

from server import clock
from server.accounts import services
from server.accounts.models import Device, User
from server.config import settings

P = ParamSpec("P")
R = TypeVar("R")

SIGN_IN_PAGE = "/sign-in"


def sign_in(user: User) -> None:
    """Start a page session for `user` in this browser, ending whatever it held before."""
    sign_out()
    expires_at = clock.now() + timedelta(hours=settings().page_session_hours)
    _, session["token"] = services.sign_in(user, "browser", "Web browser", expires_at)


def sign_out() -> None:
    """End this browser's page session, here and in the database."""
    if (device := _browser()) is not None:
        services.revoke_device(device.user, device.id)
    session.clear()
    g.pop("browser", None)


def current_user() -> User | None:
    """Return who is signed in on this browser, if anybody."""
    device = _browser()
    return device.user if device else None


def page_login_required(view: Callable[P, R]) -> Callable[P, R | Response]:
    """Send whoever is not signed in to the sign-in page, and from there back to `view`."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R | Response:
        if current_user() is None:
            wanted = request.full_path.rstrip("?") if request.method == "GET" else "/"
            return redirect(f"{SIGN_IN_PAGE}?{urlencode({'next': wanted})}")
        return view(*args, **kwargs)

    return guarded


def safe_next(target: str | None) -> str:
    """Return `target` if it is a path on this server, else the start page."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return "/"
    return target


def _browser() -> Device | None:
    if "browser" not in g:
        token = session.get("token")
        g.browser = services.device_by_token(token, "browser") if isinstance(token, str) else None
    return cast(Device | None, g.browser)
