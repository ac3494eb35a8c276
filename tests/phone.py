"""A phone as a script: it signs up, pushes, pulls and uploads over HTTP, and knows when an answer never came."""

import http.client
import io
import json
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from PIL import Image

SECONDS = 60
PASSWORD = "only for this test"


class NoAnswer(Exception):
    """The connection ended before an answer came: whether the server did it is not known."""


class Unavailable(Exception):
    """The server asks to come back later, by 429 or 503."""


@dataclass
class Replica:
    """What a phone has of a timeline: living rows and deleted ids by table, and where it stands."""

    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)
    cursor: int = 0

    def apply(self, page: dict[str, Any]) -> None:
        """Take one page of changes."""
        for table, kinds in page["changes"].items():
            self.rows |= {f"{table}/{row['id']}": row for row in kinds["updated"]}
            for gone in (f"{table}/{record_id}" for record_id in kinds["deleted"]):
                self.rows.pop(gone, None)
                self.deleted.add(gone)
        self.cursor = page["timestamp"]


class Phone:
    """One person's device at a server on this machine."""

    def __init__(self, port: int, email: str = "") -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
        self.email = email or f"{secrets.token_hex(8)}@example.org"
        self.token = self.timeline = self.etag = ""

    def sign_up(self) -> None:
        """Make an account for a patient and sign in."""
        account = {"email": self.email, "password": PASSWORD}
        person = {"name": "Kim", "role": "patient", "born_on": "1990-01-01", "country": "NO"}
        self._expect(201, "POST", "/v1/accounts", {**account, **person})
        self.sign_in()

    def sign_in(self) -> None:
        """Sign in on this device."""
        account = {"email": self.email, "password": PASSWORD}
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
        status, _, answer = self.send("POST", f"{self.timeline}/sync?last_pulled_at={cursor}", body)
        return status, json.loads(answer)

    def pull(self, cursor: int = 0, limit: int = 500) -> dict[str, Any]:
        """Pull one page."""
        return self._expect(200, "GET", f"{self.timeline}/sync?last_pulled_at={cursor}&limit={limit}")

    def pull_all(self, replica: "Replica | None" = None) -> "Replica":
        """Pull every page from where `replica` stands, by default from the beginning, and return it."""
        replica, more = replica or Replica(), True
        while more:
            page = self.pull(replica.cursor)
            replica.apply(page)
            more = page["has_more"]
        return replica

    def hang_up(self) -> None:
        """Close the connection; the next request opens another."""
        with suppress(OSError):
            self._connection.close()

    def _expect(self, status: int, *request: Any) -> dict[str, Any]:
        got, _, body = self.send(*request)
        if got in (429, 503):
            raise Unavailable
        if got != status:
            raise AssertionError(f"{request[:2]}: {got} {body[:500]!r}")
        return dict(json.loads(body))


def picture(seed: int) -> bytes:
    """A small JPEG like no other."""
    colours = bytes((seed * 31 + 7 * index) % 256 for index in range(3 * 16 * 16))
    buffer = io.BytesIO()
    Image.frombytes("RGB", (16, 16), colours).resize((96, 128)).save(buffer, "JPEG", comment=str(seed).encode())
    return buffer.getvalue()
