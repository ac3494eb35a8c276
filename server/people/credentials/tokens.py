"""Who calls the API: the bearer token of one device."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from flask import g, request
from sqlalchemy import select

from server.foundation import db
from server.foundation.http.errors import CODES, Problem
from server.people.accounts.models import Device, User
from server.people.credentials.devices import use_token
from server.people.credentials.enrolment import EnrolmentRequired, barred_until_enrolled

P = ParamSpec("P")
R = TypeVar("R")


class Unauthenticated(Problem):
    """The request carries no token that is signed in."""

    status = 401
    code, detail = CODES[401]
    headers = {"WWW-Authenticate": "Bearer"}  # noqa: RUF012 – a constant of the class, as in its base


def token_required(view: Callable[P, R]) -> Callable[P, R]:
    """Let only signed-in devices call `view`; it finds them by `current_device` and `caller`."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        authorization = request.authorization
        token = authorization.token if authorization and authorization.type == "bearer" else None
        device = use_token(token, "app") if token else None
        if device is None:
            raise Unauthenticated
        g.device, g.signed_in_by, g.signed_in_as = device, device.id, device.user_id
        if barred_until_enrolled(view, device.user):
            raise EnrolmentRequired
        db.release()  # The body may still be on its way.
        return view(*args, **kwargs)

    documented = getattr(view, "_apidoc", {})
    refused = {"401": "UNAUTHORIZED", **documented.get("manual_doc", {}).get("responses", {})}
    manual = {**documented.get("manual_doc", {}), "security": [{"token": []}], "responses": refused}
    guarded._apidoc = {**documented, "manual_doc": manual}  # type: ignore[attr-defined]
    return guarded


def require_still_signed_in() -> None:
    """Check, inside `db.write`, that the sender was not signed out while the request came, and is not until the commit.

    Raises:
        Unauthenticated: it was.
    """
    if (device_id := g.get("signed_in_by")) is not None:
        still = select(Device.id).filter_by(id=device_id, revoked_at=None).with_for_update(read=True)
        if db.session().scalar(still) is None:
            raise Unauthenticated


def current_device() -> Device:
    """Return the device that sent this request."""
    return cast(Device, g.device)


def caller() -> User:
    """Return the person whose device sent this request."""
    return current_device().user
