"""People who go on using their phones while the server is being killed, and keep books of what it acknowledged."""

import base64
import hashlib
import random
import threading
import time
from collections import Counter
from contextlib import suppress
from typing import Any

from tests.phone import NoAnswer, Phone, Replica, Unavailable, picture

WHEN = "2026-03-01T08:30:00+01:00"
PAUSE_SECONDS = 0.05
GIVE_UP_AFTER = 2400
"""Attempts at one request: a server that stays away longer than two minutes has failed."""


class Books:
    """What the server acknowledged to one person: rows by table and id, deleted ids, and photos by their seed."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, Any]] = {}
        self.deleted: set[str] = set()
        self.photos: dict[str, int] = {}


class Patient(threading.Thread):
    """Writes with one device until told to stop, asking again for what got no answer; `counts` is shared by all."""

    def __init__(self, phone: Phone, name: str, seed: str, stop: threading.Event, counts: Counter[str]) -> None:
        super().__init__(daemon=True)
        self.phone, self.books, self.failure = phone, Books(), ""
        self._name, self._random, self._stop_asked, self._counts, self._number = (
            name, random.Random(seed), stop, counts, 0
        )  # fmt: skip

    def run(self) -> None:
        """Do one thing after another; each is asked for until it is acknowledged."""
        things = (self._visits, self._visits, self._course, self._course, self._delete, self._put, self._resume)
        try:
            while not self._stop_asked.is_set():
                self._random.choice(things)()
        except Exception as error:
            self.failure = f"{self._name}: {error!r}"
            self._stop_asked.set()

    def ask(self, accepted: int, method: str, path: str, body: Any = None, headers: Any = None) -> Any:
        """Return headers and body of the answer, asking until one comes that is no 429 and no 503."""
        for _ in range(GIVE_UP_AFTER):
            try:
                status, answered, data = self.phone.send(method, path, body, headers)
            except NoAnswer:
                self._counts["without an answer"] += 1
            else:
                if status == accepted:
                    self._counts["acknowledged"] += 1
                    return answered, data
                if status not in (429, 503) or "Retry-After" not in answered:
                    raise AssertionError(f"{method} {path}: {status} {data[:500]!r}")
                self._counts[f"answered {status}"] += 1
            time.sleep(PAUSE_SECONDS)
        raise AssertionError(f"{method} {path}: no answer for ever")

    def _push(self, changes: dict[str, dict[str, list[Any]]]) -> None:
        _, answered = self.ask(200, "POST", f"{self.phone.timeline}/sync", changes)
        assert b'"rejected": []' in answered or b'"rejected":[]' in answered, answered[:500]
        for table, kinds in changes.items():
            self.books.rows |= {f"{table}/{row['id']}": row for row in (*kinds["created"], *kinds["updated"])}
            for gone in (f"{table}/{record_id}" for record_id in kinds["deleted"]):
                self.books.rows.pop(gone)
                self.books.deleted.add(gone)

    def _visits(self) -> None:
        self._push({"visits": _kinds(created=[self._visit() for _ in range(self._random.randint(1, 5))])})

    def _course(self) -> None:
        courses = [row for key, row in self.books.rows.items() if key.startswith("treatment_courses/")]
        if courses and self._random.random() < 0.6:
            course = {**self._random.choice(courses), "dose": f"{self._random.randrange(10**6)} mg"}
            self._push({"treatment_courses": _kinds(updated=[course])})
        else:
            course = {"id": self._id("course"), "name": "Adapalene", "kind": "topical", "started_on": "2026-01-05"}
            self._push({"treatment_courses": _kinds(created=[course])})

    def _delete(self) -> None:
        photographed = {row["visit_id"] for key, row in self.books.rows.items() if key.startswith("photos/")}
        visits = [row["id"] for key, row in self.books.rows.items() if key.startswith("visits/")]
        if plain := [visit for visit in visits if visit not in photographed]:
            self._push({"visits": _kinds(deleted=[self._random.choice(plain)])})

    def _put(self) -> None:
        photo_id, data, seed = self._photo()
        self.ask(204, "PUT", f"{self.phone.timeline}/photos/{photo_id}", data, {"Content-Type": "image/jpeg"})
        self.books.photos[photo_id] = seed

    def _resume(self) -> None:
        """Upload in parts by tus, asking after each cut how far it came."""
        photo_id, data, seed = self._photo()
        named = {"photo_id": photo_id, "media_type": "image/jpeg"}
        metadata = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in named.items())
        tus = {"Tus-Resumable": "1.0.0"}
        begin = {**tus, "Upload-Length": str(len(data)), "Upload-Metadata": metadata}
        answered, _ = self.ask(201, "POST", f"{self.phone.timeline}/uploads", b"", begin)
        at, offset = answered["Location"], 0
        while offset < len(data):
            part = {**tus, "Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
            try:
                status, answered, answer = self.phone.send(
                    "PATCH", at, data[offset : offset + len(data) // 3 + 1], part
                )
                assert status in (204, 409, 423, 429, 503), (status, answer[:500])
                self._counts["acknowledged"] += status == 204
            except NoAnswer:
                self._counts["without an answer"] += 1
                time.sleep(PAUSE_SECONDS)
            answered, _ = self.ask(200, "HEAD", at, None, tus)
            assert int(answered["Upload-Offset"]) >= offset, "an upload went back"
            offset = int(answered["Upload-Offset"])
        self.books.photos[photo_id] = seed

    def _photo(self) -> tuple[str, bytes, int]:
        visit, seed = self._visit(), self._random.randrange(10**9)
        data, photo_id = picture(seed), self._id("photo")
        sent = {"media_type": "image/jpeg", "sha256": hashlib.sha256(data).hexdigest(), "width_px": 96}
        photo = {"id": photo_id, "visit_id": visit["id"], "view": "front", "height_px": 128, **sent}
        self._push({"visits": _kinds(created=[visit]), "photos": _kinds(created=[photo])})
        return photo_id, data, seed

    def _visit(self) -> dict[str, Any]:
        return {"id": self._id("visit"), "recorded_at": WHEN, "guided": True, "note": f"{self._random.random()}"}

    def _id(self, kind: str) -> str:
        self._number += 1
        return f"{kind}-{self._name}-{self._number:06}"


class Watcher(threading.Thread):
    """Another device of the same person, which only pulls what is new: it must miss nothing."""

    def __init__(self, phone: Phone, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.phone, self.replica, self._stop_asked = phone, Replica(), stop

    def run(self) -> None:
        """Pull page by page."""
        while not self._stop_asked.wait(PAUSE_SECONDS):
            self.pull()

    def pull(self) -> None:
        """Pull until nothing is new, unless the server is away."""
        with suppress(NoAnswer, Unavailable):
            self.phone.pull_all(self.replica)


def _kinds(**kinds: list[Any]) -> dict[str, list[Any]]:
    return {"created": [], "updated": [], "deleted": [], **kinds}
