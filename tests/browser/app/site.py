"""A server with nothing in it, that can go away and come back, and people who call it without a browser."""

import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests
from werkzeug.serving import make_server

from server.application.factory import create_app
from server.foundation import db
from server.foundation.config import Config
from server.migrations.runner import upgrade
from tests.invited import invitation

PASSWORD = "correct horse battery"


class Site:
    """A server on one port; `seen` holds the method and path of every request under /v1."""

    def __init__(self, folder: Path) -> None:
        self.seen: list[tuple[str, str]] = []
        self.app = create_app(
            Config(
                database_url=f"sqlite:///{folder / 'acnetrack.db'}",
                photo_dir=folder / "photos",
                key_dir=folder / "keys",
                model_store_dir=folder / "model-store",
            )
        )
        with self.app.app_context():
            upgrade(db.engine())
        self.port = 0
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.server = make_server("127.0.0.1", self.port, self._counted, threaded=True)
        self.port = self.server.server_port
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def _counted(self, environ: dict[str, Any], start_response: Any) -> Any:
        if environ["PATH_INFO"].startswith("/v1/"):
            self.seen.append((environ["REQUEST_METHOD"], environ["PATH_INFO"]))
        return self.app(environ, start_response)

    def person(self, role: str, **more: Any) -> "Person":
        """Signs somebody up and in."""
        email = f"{role}{datetime.now(UTC).timestamp()}@example.org"
        if role == "dermatologist":
            more["invitation"] = invitation(self.app.extensions["acnetrack.engine"])
        person = {"role": role, "email": email, "name": more.pop("name", "Dr. Ito"), "password": PASSWORD, **more}
        requests.post(f"{self.url}/v1/accounts", json=person, timeout=10).raise_for_status()
        return Person(self, email)


class Person:
    """Somebody signed in on a device of their own, who speaks HTTP."""

    def __init__(self, site: Site, email: str) -> None:
        self.site, self.email = site, email
        device = {"email": email, "password": PASSWORD, "name": "another device"}
        self.token = self.call("POST", "/devices", device)["token"]

    def call(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"} if hasattr(self, "token") else {}
        answer = requests.request(method, f"{self.site.url}/v1{path}", json=body, headers=headers, timeout=10)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    @property
    def timeline(self) -> str:
        return self.call("GET", "/timelines")["timelines"][0]["id"]

    def rows(self, table: str) -> list[dict[str, Any]]:
        """What the server holds in a table of the only timeline that this person sees."""
        return self.call("GET", f"/timelines/{self.timeline}/sync")["changes"].get(table, {}).get("updated", [])

    def push(self, **tables: list[dict[str, Any]]) -> None:
        body = {name: {"created": [], "updated": rows, "deleted": []} for name, rows in tables.items()}
        answer = self.call("POST", f"/timelines/{self.timeline}/sync?last_pulled_at=0", body)
        assert answer["rejected"] == []
