"""A server with nothing in it, that can go away and come back."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from werkzeug.serving import make_server

from server.application.factory import create_app
from server.foundation import db
from server.foundation.config import Config
from server.migrations.runner import upgrade
from tests.interop.person import PASSWORD, Person
from tests.invited import invitation

NORWAY = {
    "emergency": "113",
    "lines": [{"name": "Mental Helse", "number": "116 123"}],
    "source": "made up for a test",
    "checked_on": "2026-11-01",
}
"""What the operator has confirmed: of a country that the app's own table lacks."""


def closed_in_any_case(answer: Any) -> Iterator[bytes]:
    """The pieces of an answer: Werkzeug's own server leaves one open whose reader has gone."""
    try:
        yield from answer
    finally:
        answer.close()


class Site:
    """A server on one port; `seen` holds method and path of every request to the API."""

    def __init__(self, folder: Path) -> None:
        self.seen: list[tuple[str, str]] = []
        self.people = 0
        helplines = folder / "helplines.json"
        helplines.write_text(json.dumps({"countries": {"NO": NORWAY}}), encoding="utf-8")
        self.app = create_app(
            Config(
                database_url=f"sqlite:///{folder / 'acnetrack.db'}",
                photo_dir=folder / "photos",
                key_dir=folder / "keys",
                model_store_dir=folder / "model-store",
                helplines=str(helplines),
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
        self.server = make_server("127.0.0.1", self.port, self._noting, threaded=True)
        self.port = self.server.server_port
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def close(self) -> None:
        self.stop()
        self.app.extensions["acnetrack.engine"].dispose()

    def _noting(self, environ: dict[str, Any], start_response: Any) -> Any:
        if environ["PATH_INFO"].startswith("/v1/"):
            self.seen.append((environ["REQUEST_METHOD"], environ["PATH_INFO"]))
        return closed_in_any_case(self.app(environ, start_response))

    def address(self) -> str:
        """An e-mail that nobody has yet."""
        self.people += 1
        return f"person{self.people}@example.org"

    def sign_up(self, role: str, **more: Any) -> Person:
        """Somebody with an account, who speaks to the server without a browser."""
        person = Person(self.url, self.address(), role)
        account = {"email": person.email, "name": "Dr. Ito", "password": PASSWORD, "role": role, **more}
        if role == "dermatologist":
            account["invitation"] = invitation(self.app.extensions["acnetrack.engine"])
        person.call("POST", "/v1/accounts", account)
        return self.sign_in(person)

    def owner(self, email: str) -> Person:
        """A patient who signed up in the app, on another device."""
        return self.sign_in(Person(self.url, email, "patient"))

    def sign_in(self, person: Person) -> Person:
        person.token = person.sign_in()
        if timelines := person.call("GET", "/v1/timelines")["timelines"]:
            person.timeline_id = timelines[0]["id"]
        return person
