"""The API held to its own document by schemathesis: every operation, with values inside the rules and outside of them.

Its checks are on, but for one on one operation: no 5xx; only documented statuses, types, headers and bodies; what
breaks the rules is refused; a missing or wrong token is noticed; methods that a path does not have are 405 with the
right Allow.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import schemathesis
from flask import Flask
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from schemathesis.transport.wsgi import WSGITransport

BINARY = ("application/offset+octet-stream", "image/jpeg", "image/png", "image/webp")

OF_A_SOCKET = ("max_redirects", "verify", "cert", "proxies")

CHECKS: dict[str, Any] = {
    # 410 and 412 are refusals too: a cursor of another epoch, and tus's word for a wrong version.
    "negative_data_rejection": {"expected-statuses": ["4xx"]},
    # The header that is missing may be the second one that is wrong; 405 is the method override's.
    "missing_required_header": {"expected-statuses": ["400", "401", "405", "412"]},
    # JSON Schema does not say that one of two values is needed, that a country exists or that a cursor is of this
    # epoch; 415 is a photo whose random bytes are none. What is refused for such a reason is still held to the rest.
    "positive_data_acceptance": {
        "expected-statuses": ["2xx", "3xx", "400", "401", "403", "404", "409", "410", "415", "422"]
    },
}

OPERATIONS = [
    # What was made may be an invitation, whose id is no grant's before somebody redeems its code.
    {
        "include-path": "/v1/timelines/{timeline_id}/grants/{grant_id}",
        "checks": {"ensure_resource_availability": {"enabled": False}},
    }
]

_send = WSGITransport.send


@dataclass
class Outcome:
    """What came of a run: how often each operation gave each status, and what is wrong, with how to see it again."""

    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    checks: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)


def hold(app: Flask, token: str, known: dict[str, str], examples: int, seed: int, stateful: bool = False) -> Outcome:
    """Run schemathesis as whom `token` belongs to; `known` are values for parameters of paths, by name.

    The same seed makes the same requests. `examples` are the random ones an operation, beside those at the boundaries
    of every rule; `stateful` also chains operations by what the answers hold.
    """
    settings = {
        "seed": seed,
        "cache": {"enabled": False},
        "auth": {"openapi": {"token": {"bearer": token}}},
        "parameters": {f"path.{name}": value for name, value in known.items()},
        "generation": {"max-examples": examples, "deterministic": True, "database": "none", "no-shrink": True},
        "phases": {"stateful": {"enabled": stateful}},
        "continue-on-failure": True,
        "checks": CHECKS,
        "operations": OPERATIONS,
    }
    schemathesis.serializer(*BINARY)(_as_bytes)
    with patch.object(WSGITransport, "send", _sent):
        schema = schemathesis.openapi.from_wsgi("/openapi.json", app, config=SchemathesisConfig.from_dict(settings))
        outcome = Outcome()
        for event in from_schema(schema).execute():
            _note(event, outcome)
    return outcome


def _note(event: events.EngineEvent, outcome: Outcome) -> None:
    if isinstance(event, events.NonFatalError):
        outcome.failures.append(f"{event.label}: {event.value!r}")
    elif isinstance(event, events.FatalError):
        raise event.exception
    elif isinstance(event, events.ScenarioFinished):
        for interaction in event.recorder.interactions.values():
            if interaction.response is not None:
                outcome.statuses[event.label or "", interaction.response.status_code] += 1
        for check in (check for checks in event.recorder.checks.values() for check in checks):
            outcome.checks[check.name] += 1
            if (failure := check.failure_info) is not None:
                outcome.failures.append(
                    f"{event.label}: {check.name}: {failure.failure.message}\n{failure.code_sample}"
                )


def _as_bytes(_context: Any, value: Any) -> dict[str, bytes]:
    return {"data": value.encode() if isinstance(value, str) else bytes(value)}


def _sent(self: WSGITransport, case: Any, **arguments: Any) -> Any:
    """Send without settings of a socket, which in 4.32.5 `ignored_auth` hands to a client that has none."""
    return _send(self, case, **{name: value for name, value in arguments.items() if name not in OF_A_SOCKET})
