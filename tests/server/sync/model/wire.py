"""How a client's request reaches the server: as a call of the service layer, or over HTTP."""

import json
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any, Protocol

from flask import Flask

from server.foundation.http.errors import Problem
from server.people.accounts.models import User
from server.people.credentials import devices
from server.people.credentials.tokens import Unauthenticated
from server.photos import storing as photos
from server.sharing.grants import granting
from server.sharing.grants.access import require_access, require_storing
from server.sync import as_caller as sync


@dataclass(frozen=True)
class Answer:
    """What came back: of a problem its members, with `code`."""

    status: int
    body: Any = None


class Wire(Protocol):
    """The requests that the machine makes; `token` is who asks."""

    def pull(self, token: str, timeline: str, cursor: int, limit: int) -> Answer: ...

    def push(self, token: str, timeline: str, changes: Any, cursor: int, number: int) -> Answer: ...

    def share(self, token: str, timeline: str, email: str, scope: str) -> Answer: ...

    def revoke(self, token: str, timeline: str, grant: str) -> Answer: ...

    def sign_out(self, token: str, device: str) -> Answer: ...

    def put_photo(self, token: str, timeline: str, photo: str, data: bytes) -> Answer: ...

    def get_photo(self, token: str, timeline: str, photo: str) -> Answer: ...


class ServiceWire:
    """Calls the services as the views do."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def _call(self, token: str, service: Any) -> Answer:
        with self._app.test_request_context():
            try:
                device = devices.use_token(token, "app")
                if device is None:
                    raise Unauthenticated
                return Answer(200, service(device))
            except Problem as problem:
                return Answer(problem.status, {"code": problem.code, **problem.members})

    def pull(self, token: str, timeline: str, cursor: int, limit: int) -> Answer:
        def pulled(device: Any) -> dict[str, Any]:
            page = sync.pull_as(device.user, require_access(device.user, timeline), cursor or None, limit)
            return json.loads(
                json.dumps({"changes": page.changes, "timestamp": page.timestamp, "has_more": page.has_more})
            )

        return self._call(token, pulled)

    def push(self, token: str, timeline: str, changes: Any, cursor: int, number: int) -> Answer:
        copied = json.loads(json.dumps(changes))
        return self._call(token, lambda device: sync.push_from(device, timeline, copied, cursor or None, number))

    def share(self, token: str, timeline: str, email: str, scope: str) -> Answer:
        def shared(device: Any) -> dict[str, str]:
            return {"id": granting.grant_by_email(device.user, timeline, email, scope).id}

        return self._call(token, shared)

    def revoke(self, token: str, timeline: str, grant: str) -> Answer:
        return self._call(token, lambda device: granting.revoke(device.user, timeline, grant))

    def sign_out(self, token: str, device: str) -> Answer:
        return self._call(token, lambda mine: devices.revoke_device(mine.user, device))

    def put_photo(self, token: str, timeline: str, photo: str, data: bytes) -> Answer:
        def received(device: Any) -> None:
            photos.receive_photo(require_storing(device.user, timeline).id, photo, data, "image/jpeg")

        return self._call(token, received)

    def get_photo(self, token: str, timeline: str, photo: str) -> Answer:
        def opened(device: Any) -> bytes:
            user: User = device.user
            return photos.open_photo(require_access(user, timeline, scope="photos").timeline.id, photo)[0]

        return self._call(token, opened)


class HttpWire:
    """Sends what a phone sends; `_send` is Flask's test client or a socket."""

    def _send(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        raise NotImplementedError

    def _call(self, token: str, method: str, path: str, document: Any = None) -> Answer:
        body = None if document is None else json.dumps(document).encode()
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        answer = self._send(method, f"/v1/{path}", body, headers)
        return Answer(answer.status, json.loads(answer.body) if answer.body else None)

    def pull(self, token: str, timeline: str, cursor: int, limit: int) -> Answer:
        return self._call(token, "GET", f"timelines/{timeline}/sync?last_pulled_at={cursor}&limit={limit}")

    def push(self, token: str, timeline: str, changes: Any, cursor: int, number: int) -> Answer:
        address = f"timelines/{timeline}/sync?last_pulled_at={cursor}&push={number}"
        return self._call(token, "POST", address, {"changes": changes})

    def share(self, token: str, timeline: str, email: str, scope: str) -> Answer:
        return self._call(token, "POST", f"timelines/{timeline}/grants", {"email": email, "scope": scope})

    def revoke(self, token: str, timeline: str, grant: str) -> Answer:
        return self._call(token, "DELETE", f"timelines/{timeline}/grants/{grant}")

    def sign_out(self, token: str, device: str) -> Answer:
        return self._call(token, "DELETE", f"devices/{device}")

    def put_photo(self, token: str, timeline: str, photo: str, data: bytes) -> Answer:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "image/jpeg"}
        return told(self._send("PUT", f"/v1/timelines/{timeline}/photos/{photo}", data, headers))

    def get_photo(self, token: str, timeline: str, photo: str) -> Answer:
        headers = {"Authorization": f"Bearer {token}"}
        return told(self._send("GET", f"/v1/timelines/{timeline}/photos/{photo}", None, headers))


def told(answer: Answer) -> Answer:
    """The answer about a photo's bytes: of a refusal what it says, else the bytes."""
    return answer if answer.status < 400 else Answer(answer.status, json.loads(answer.body))


class FlaskWire(HttpWire):
    """HTTP in this process."""

    def __init__(self, app: Flask) -> None:
        self._client = app.test_client()

    def _send(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        answer = self._client.open(path, method=method, data=body, headers=headers)
        return Answer(answer.status_code, answer.data)


class SocketWire(HttpWire):
    """HTTP to another process."""

    def __init__(self, port: int) -> None:
        self._port = port

    def _send(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=30)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return Answer(answer.status, answer.read())
        finally:
            connection.close()
