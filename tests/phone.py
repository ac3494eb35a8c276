"""A phone as a script: it signs up, pushes, pulls and uploads over HTTP, and knows when an answer never came."""

import http.client
import io
import json
import secrets
from contextlib import suppress
from typing import Any

from PIL import Image

SECONDS = 60
PASSWORD = "only for this test"


class NoAnswer(Exception):
    """The connection ended before an answer came: whether the server did it is not known."""


class Phone:
    """One person's device at a server on this machine."""

    def __init__(self, port: int, name: str = "") -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
        self.email = f"{name or secrets.token_hex(8)}@example.org"
        self.token = self.timeline = ""

    def sign_up(self) -> None:
        """Make an account for a patient and sign in."""
        account = {"email": self.email, "password": PASSWORD}
        person = {"name": "Kim", "role": "patient", "born_on": "1990-01-01", "country": "NO"}
        self._expect(201, "POST", "/v1/accounts", {**account, **person})
        self.token = self._expect(201, "POST", "/v1/devices", {**account, "name": "Phone"})["token"]
        self.timeline = f"/v1/timelines/{self._expect(200, 'GET', '/v1/timelines')['timelines'][0]['id']}"

    def send(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        """Send one request and return status, headers and body; `body` is bytes or JSON.

        Raises:
            NoAnswer: the connection ended first.
        """
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        own = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        kind = {} if body is None else {"Content-Type": "application/json"}
        try:
            self._connection.request(method, path, data, {**own, **kind, **(headers or {})})
            answer = self._connection.getresponse()
            return answer.status, dict(answer.headers), answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.hang_up()
            raise NoAnswer from error

    def push(self, cursor: int = 0, **changes: list[dict[str, Any]]) -> tuple[int, dict[str, Any]]:
        """Push `table=[row, …]` and return the status and the answer's body."""
        body = {table: {"created": rows} for table, rows in changes.items()}
        status, _, said = self.send("POST", f"{self.timeline}/sync?last_pulled_at={cursor}", body)
        return status, json.loads(said)

    def pull(self, cursor: int = 0, limit: int = 500) -> dict[str, Any]:
        """Pull one page."""
        return self._expect(200, "GET", f"{self.timeline}/sync?last_pulled_at={cursor}&limit={limit}")

    def pull_all(self) -> dict[str, dict[str, dict[str, Any]]]:
        """Pull everything: the living rows of each table by id."""
        rows: dict[str, dict[str, dict[str, Any]]] = {}
        cursor, more = 0, True
        while more:
            page = self.pull(cursor)
            for table, kinds in page["changes"].items():
                rows.setdefault(table, {}).update({row["id"]: row for row in kinds["updated"]})
            cursor, more = page["timestamp"], page["has_more"]
        return rows

    def hang_up(self) -> None:
        """Close the connection; the next request opens another."""
        with suppress(OSError):
            self._connection.close()

    def _expect(self, status: int, *request: Any) -> dict[str, Any]:
        got, _, said = self.send(*request)
        if got != status:
            raise AssertionError(f"{request[:2]}: {got} {said[:500]!r}")
        return dict(json.loads(said))


def picture(seed: int) -> bytes:
    """A small JPEG like no other."""
    colours = bytes((seed * 31 + 7 * index) % 256 for index in range(3 * 16 * 16))
    buffer = io.BytesIO()
    Image.frombytes("RGB", (16, 16), colours).resize((96, 128)).save(buffer, "JPEG", comment=str(seed).encode())
    return buffer.getvalue()
