"""Limits on attempts: guessing passwords, codes and digits, signing up and uploading without end.

A view is marked with the rules that hold for it, below the decorator that asks who is signed in where a rule counts by
that. An attempt counts before the view is called, so that many at once are not more than one after the other; one that
did not fail is given back.
"""

import hashlib
import ipaddress
import logging
import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any, ParamSpec, TypeVar, cast

from flask import Flask, Response, current_app, g, request, session
from limits import RateLimitItem, parse_many
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from server.foundation import db
from server.foundation.config import settings
from server.foundation.http.counters import Counters
from server.foundation.http.errors import CODES, Problem
from server.foundation.log.json_lines import OURS

P = ParamSpec("P")
R = TypeVar("R")
log = logging.getLogger(OURS)


class TooManyAttempts(Problem):
    """Somebody tries too often."""

    status = 429
    code, detail = CODES[429]

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.headers = {"Retry-After": str(max(1, math.ceil(seconds)))}  # type: ignore[misc]


def address() -> str:
    """Return where the request came from; of IPv6 the network of 64 bits that one household has."""
    try:
        ip = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    return str(ip if ip.version == 4 else ipaddress.ip_network((ip, 64), strict=False))


def account() -> str:
    """Return the e-mail that the request is about, or where it came from."""
    try:
        body: Any = request.get_json() if request.is_json else request.form
    except (Problem, HTTPException):  # The view will say so.
        return address()
    email = body.get("email") if hasattr(body, "get") else None
    return email.strip().lower() if isinstance(email, str) else address()


def person() -> str:
    """Return the account that is signed in, whatever it was signed in with, or where the request came from."""
    return str(g.get("signed_in_as") or address())


def second_step() -> str:
    """Return who gave the right password in this browser, or where the request came from."""
    held = session.get("password_right")
    return str(held["user_id"]) if isinstance(held, dict) else address()


@dataclass(frozen=True)
class Rule:
    """At most so many requests, or failed ones only, by the same `key`; `scope` is shared by all views with it."""

    scope: str
    limit: str
    key: Callable[[], str]
    failed_only: bool = True

    @cached_property
    def items(self) -> list[RateLimitItem]:
        """How many in which time."""
        return parse_many(self.limit)


SIGN_IN = (
    Rule("sign-in", "120/minute", address, failed_only=False),
    Rule("sign-in failed", "30/5minute", address),
    Rule("sign-in failed", "10/15minute;50/day", account),
)
SECOND_STEP = (Rule("second step", "30/5minute", address), Rule("second step", "10/15minute;50/day", second_step))
SIGN_UP = (Rule("sign-up", "30/hour", address, failed_only=False),)
RECOVERY = (Rule("recovery", "10/hour", address), Rule("recovery", "5/hour;20/day", account))
PROOF = (Rule("proof", "10/15minute", person), Rule("proof", "60/hour", address))
"""The password once more, or the digits of an authenticator."""
CODES_HANDED_OVER = (Rule("code", "20/hour", person), Rule("code", "60/hour", address))
INVITATIONS = (Rule("invitation", "60/hour", person, failed_only=False),)
ASSESSMENTS = (Rule("assessment", "120/hour", person, failed_only=False),)
UPLOADS = (Rule("upload", "3000/hour", person, failed_only=False),)


def limited(*rules: Rule) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let a view be called as often as `rules` allow, where the application limits attempts. Raises TooManyAttempts."""

    def mark(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def counted(*args: P.args, **kwargs: P.kwargs) -> R:
            if "acnetrack.attempts" in current_app.extensions and "attempts" not in g:
                db.release()
                _count(rules)
            return view(*args, **kwargs)

        return counted

    return mark


def init_app(app: Flask, redis_url: str, enabled: bool) -> None:
    """Make the marked views of `app` keep to their rules."""
    if enabled:
        app.extensions["acnetrack.attempts"] = Counters(app.extensions["acnetrack.engine"], redis_url)
        app.after_request(_settle)


def _count(rules: tuple[Rule, ...]) -> None:
    """Count an attempt by each of the rules, and remember those of which only failures count."""
    counters, waits = _counters(), []
    g.attempts = []
    for rule in rules:
        who = _hidden(rule.key())
        for item in rule.items:
            key = item.key_for(rule.scope, who)
            count = counters.add(key, item.get_expiry())
            g.attempts += [key] if rule.failed_only else []
            if count > item.amount:
                log.info("ratelimit")
                waits.append(counters.seconds_left(key))
    if waits:
        raise TooManyAttempts(max(waits))


def _settle(response: Response) -> Response:
    """Give back what did not fail; what was refused unseen did not."""
    attempts = g.pop("attempts", [])
    if attempts and not _failed(response):
        with suppress(SQLAlchemyError):  # It then counts, and the answer stands.
            db.release()
            for key in attempts:
                _counters().give_back(key)
    return response


def _counters() -> Counters:
    return cast(Counters, current_app.extensions["acnetrack.attempts"])


def _failed(response: Response) -> bool:
    return 400 <= response.status_code < 500 and response.status_code != 429


def _hidden(value: str) -> str:
    """Return what stands for an e-mail, address or account in the counter, and tells nothing of it."""
    secret = hashlib.sha256(settings().secret_key.encode()).digest()
    return hashlib.blake2b(value.encode(errors="surrogatepass"), key=secret, digest_size=16).hexdigest()
