"""Limits on attempts: guessing passwords, codes and digits, signing up and uploading without end.

A view is marked with the rules that hold for it; each application counts by its own limiter, in its process or, where
several processes serve, together in Redis. Redis away is no reason to refuse anybody: each process then counts alone.
"""

import hashlib
import ipaddress
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, Response, request, session
from flask_limiter import Limiter, RateLimitExceeded, RouteLimit
from limits.errors import StorageError
from redis.backoff import NoBackoff
from redis.retry import Retry

from server.foundation.config import settings
from server.foundation.http.errors import CODES, respond

V = TypeVar("V", bound=Callable[..., object])

REDIS_SECONDS = 0.5
"""How long a request waits for Redis."""


def address() -> str:
    """Return where the request came from; of IPv6 the network of 64 bits that one household has."""
    try:
        ip = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    return str(ip if ip.version == 4 else ipaddress.ip_network((ip, 64), strict=False))


def account() -> str:
    """Return the e-mail that the request is about, or where it came from."""
    body: Any = request.get_json(silent=True) if request.is_json else request.form
    email = body.get("email") if hasattr(body, "get") else None
    return email.strip().lower() if isinstance(email, str) else address()


def device() -> str:
    """Return the token that the request was sent with, in its header or its cookie, or where it came from."""
    sent = request.authorization  # Parsed: one token written in several ways is one device.
    return (sent and sent.token) or session.get("token") or address()


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


SIGN_IN = (
    Rule("sign-in", "120/minute", address, failed_only=False),
    Rule("sign-in failed", "30/5minute", address),
    Rule("sign-in failed", "10/15minute;50/day", account),
)
SECOND_STEP = (Rule("second step", "30/5minute", address), Rule("second step", "10/15minute;50/day", second_step))
SIGN_UP = (Rule("sign-up", "30/hour", address, failed_only=False),)
RECOVERY = (Rule("recovery", "10/hour", address), Rule("recovery", "5/hour;20/day", account))
PROOF = (Rule("proof", "10/15minute", device), Rule("proof", "60/hour", address))
"""The password once more, or the digits of an authenticator."""
CODES_HANDED_OVER = (Rule("code", "20/hour", device), Rule("code", "60/hour", address))
INVITATIONS = (Rule("invitation", "60/hour", device, failed_only=False),)
ASSESSMENTS = (Rule("assessment", "120/hour", device, failed_only=False),)
UPLOADS = (Rule("upload", "3000/hour", device, failed_only=False),)


def limited(*rules: Rule) -> Callable[[V], V]:
    """Mark a view with rules, below the decorator that registers it."""

    def mark(view: V) -> V:
        view.limited_by = rules  # type: ignore[attr-defined]
        return view

    return mark


def init_app(app: Flask, redis_url: str, enabled: bool) -> None:
    """Make the marked views of `app`, which are all registered, keep to their rules."""
    if not enabled:
        return
    limiter = Limiter(
        address,
        app=app,
        storage_uri=redis_url or "memory://",
        storage_options={"wrap_exceptions": True, **(impatient() if redis_url else {})},
        in_memory_fallback_enabled=True,
        swallow_errors=True,
        key_prefix="acnetrack",
    )
    for endpoint, view in app.view_functions.items():
        for rule in getattr(view, "limited_by", ()):
            limit: Any = _route_limit(rule, limiter)
            app.view_functions[endpoint] = limit(app.view_functions[endpoint])

    @app.errorhandler(RateLimitExceeded)
    def _refuse(_error: RateLimitExceeded) -> Response:
        return respond(429, *CODES[429], headers={"Retry-After": str(_seconds_left(limiter))})


def impatient() -> dict[str, Any]:
    """Return the options of a Redis client that neither waits for long nor tries again."""
    waits = dict.fromkeys(("socket_timeout", "socket_connect_timeout"), REDIS_SECONDS)
    return {**waits, "retry": Retry(NoBackoff(), 0)}


def _route_limit(rule: Rule, limiter: Limiter) -> RouteLimit:
    return RouteLimit(
        limit_provider=rule.limit,
        key_function=lambda: _hidden(rule.key()),
        scope=rule.scope,
        shared=True,
        deduct_when=_failed if rule.failed_only else None,
        limiter=limiter,
    )


def _failed(response: Response) -> bool:
    return 400 <= response.status_code < 500 and response.status_code != 429


def _hidden(value: str) -> str:
    """Return what stands for an e-mail, address or token in the counter, and tells nothing of it."""
    secret = hashlib.sha256(settings().secret_key.encode()).digest()
    return hashlib.blake2b(value.encode(), key=secret, digest_size=16).hexdigest()


def _seconds_left(limiter: Limiter) -> int:
    try:
        limit = limiter.current_limit
        return max(1, math.ceil(limit.reset_at - time.time())) if limit else 60
    except StorageError:
        return 60
