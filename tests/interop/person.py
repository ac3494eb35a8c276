"""Somebody with an account, and what the server holds of their timeline."""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import Any

PASSWORD = "correct horse battery"
SECONDS = 120


class Refused(Exception):
    """The server or the library did not do what a device was told."""

    def __init__(self, message: str = "", **problem: Any) -> None:
        super().__init__(message or str(problem))
        self.code, self.reason, self.status = problem.get("code"), problem.get("reason"), problem.get("status")


def by_id(tables: dict[str, list[dict[str, Any]]]) -> dict[str, dict[str, Any]]:
    return {name: {row["id"]: row for row in rows} for name, rows in tables.items() if rows}


@dataclass
class Person:
    """Somebody with an account."""

    url: str
    email: str
    role: str
    token: str = ""
    timeline_id: str = ""
    known: dict[str, Any] = field(default_factory=dict)

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        data = None if body is None else json.dumps(body).encode()
        text = self.download(path, method, data, **{"Content-Type": "application/json", **headers})
        return json.loads(text) if text else None

    def download(self, path: str, method: str = "GET", data: bytes | None = None, **headers: str) -> bytes:
        """The body of the answer, as it is."""
        headers = {"Authorization": f"Bearer {self.token}", **headers}
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:
                return bytes(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                raise Refused(**json.loads(error.read())) from None

    def sign_in(self) -> str:
        account = {"email": self.email, "password": PASSWORD, "name": "Phone"}
        return str(self.call("POST", "/v1/devices", account)["token"])

    def rows(self, viewer: "Person | None" = None) -> dict[str, dict[str, Any]]:
        """What the server holds of the timeline, by table and id."""
        cursor, rows = 0, {}
        while True:
            path = f"/v1/timelines/{self.timeline_id}/sync?last_pulled_at={cursor}&limit=2000"
            page = (viewer or self).call("GET", path)
            for table, changes in page["changes"].items():
                rows.setdefault(table, []).extend(changes["updated"])
            cursor = page["timestamp"]
            if not page["has_more"]:
                return by_id(rows)

    def push(self, **tables: list[dict[str, Any]]) -> list[dict[str, Any]]:
        changes = {table: {"created": rows} for table, rows in tables.items()}
        return list(self.call("POST", f"/v1/timelines/{self.timeline_id}/sync", changes)["rejected"])

    def share_with(self, dermatologist: "Person", **terms: Any) -> str:
        terms = {"email": dermatologist.email, **terms}
        return str(self.call("POST", f"/v1/timelines/{self.timeline_id}/grants", terms)["id"])
