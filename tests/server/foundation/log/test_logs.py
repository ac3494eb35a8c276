"""Whatever happens at a running server, its log says what, and of nobody: the application's lines and gunicorn's."""

import hashlib
import json
import re
import secrets
import socket
import sqlite3
from contextlib import closing

import pytest

from tests.phone import PASSWORD, Phone, picture
from tests.served import SECONDS, Served

NAME, NOTE, DEVICE = "Kimberley Mustermann", "itches behind the left ear", "Kims iPhone 17"
VISIT, PHOTO, COURSE = "visit-of-kim-0001", "photo-of-kim-0001", "course-of-kim-0001"
WHEN = "2026-03-01T08:30:00+01:00"
REQUEST_ID = "0123456789abcdef-0123456789abcdef"


class Diary:
    """Everything private that was sent or received, by what it is."""

    def __init__(self):
        self.private = {"name": NAME, "note": NOTE, "device": DEVICE, "password": PASSWORD}
        self.private |= {"visit": VISIT, "photo": PHOTO, "course": COURSE, "recorded at": WHEN}
        self.statuses = set()

    def note(self, what, value):
        self.private[f"{what} {len(self.private)}"] = value
        return value

    def ask(self, phone, method, path, body=None, **headers):
        status, answered, data = phone.send(method, path, body, headers)
        self.statuses.add(status)
        known = json.loads(data) if data and answered.get("Content-Type") == "application/json" else {}
        for what in ("token", "id", "email", "timeline_id"):
            if isinstance(known.get(what), str):
                self.note(what, known[what])
        if status < 300 and "code" in known:
            self.note("code", known["code"])
        return status, answered, known


def raw(port, request):
    """Send bytes that are no request and read whatever comes."""
    with socket.create_connection(("127.0.0.1", port), SECONDS) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65536):
            pass


def live_through_everything(served, phone, diary):
    email, at = diary.note("email", phone.email), phone.timeline
    for secret in (phone.token, at.rpartition("/")[2]):
        diary.note("secret", secret)
    ask = diary.ask
    account = {"email": email, "password": PASSWORD, "name": NAME, "role": "patient"}
    other = diary.note("email", "robin.beispiel@example.org")
    ask(phone, "POST", "/v1/accounts", account)
    ask(phone, "POST", "/v1/accounts", {**account, "email": other, "born_on": "1985-05-17", "country": "DE"})
    ask(phone, "POST", "/v1/accounts", {**account, "email": f"no e-mail of {NAME}", "born_on": NOTE})
    ask(phone, "POST", "/v1/devices", {"email": email, "password": PASSWORD, "name": DEVICE})
    ask(
        phone,
        "POST",
        "/v1/devices",
        {"email": email, "password": diary.note("password", "wrong-" + PASSWORD), "name": DEVICE},
    )
    ask(phone, "POST", "/v1/devices", f'{{"email": "{email}", '.encode(), **{"Content-Type": "application/json"})
    ask(
        phone, "GET", "/v1/account", **{"User-Agent": diary.note("agent", f"App of {NAME}"), "X-Request-Id": REQUEST_ID}
    )
    ask(phone, "GET", "/v1/timelines", Authorization=f"Bearer {diary.note('token', secrets.token_urlsafe())}")

    data = picture(7)
    sha256 = diary.note("sha256", hashlib.sha256(data).hexdigest())
    visit = {"id": VISIT, "recorded_at": WHEN, "guided": True, "note": NOTE}
    photo = {"id": PHOTO, "visit_id": VISIT, "view": "front", "media_type": "image/jpeg", "sha256": sha256}
    photo |= {"width_px": 96, "height_px": 128}
    course = {"id": COURSE, "name": diary.note("course", "Isotretinoin 20"), "kind": "oral", "started_on": "2026-01-05"}
    rows = {"visits": [visit], "photos": [photo], "treatment_courses": [course, {**course, "note": NOTE, "kind": NOTE}]}
    ask(phone, "POST", f"{at}/sync", {table: {"created": created} for table, created in rows.items()})
    ask(phone, "POST", f"{at}/sync", {"visits": {"created": [{**visit, "note": NOTE * 2}]}, NOTE: {}})
    ask(phone, "POST", f"{at}/sync?last_pulled_at={NOTE.replace(' ', '-')}", {})
    ask(phone, "GET", f"{at}/sync")
    ask(phone, "PUT", f"{at}/photos/{PHOTO}", data[:-9], **{"Content-Type": "image/jpeg"})
    ask(phone, "PUT", f"{at}/photos/{PHOTO}", data, **{"Content-Type": "image/jpeg"})
    ask(phone, "GET", f"{at}/photos/{PHOTO}")
    ask(phone, "GET", f"{at}/photos/{PHOTO}%00")
    ask(phone, "POST", f"{at}/uploads", b"", **{"Tus-Resumable": "1.0.0", "Upload-Metadata": NOTE})
    ask(phone, "POST", f"{at}/grants", {"email": diary.note("email", "dr.unbekannt@example.org")})
    ask(phone, "POST", f"{at}/grants", {"email": None})
    ask(phone, "POST", "/v1/grants", {"code": diary.note("code", "WXYZ-2345-ABCD")})
    ask(phone, "GET", f"/v1/{NAME.replace(' ', '%20')}?note={NOTE.replace(' ', '+')}")
    page = phone.send("GET", "/sign-in")
    form = {"csrf_token": re.search(rb'name="csrf_token"[^>]*value="([^"]+)', page[2])[1].decode(), "email": email}
    cookie = page[1]["Set-Cookie"].partition(";")[0]
    for password in (PASSWORD + "no", PASSWORD):
        sent = "&".join(f"{key}={value}" for key, value in {**form, "password": password}.items())
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": diary.note("cookie", cookie)}
        ask(phone, "POST", "/sign-in", sent.replace("@", "%40").replace(" ", "+").encode(), **kind)

    raw(served.port, f"GET /{email} HTTP/nonsense {phone.token}\r\n\r\n".encode())
    raw(served.port, f"GET / HTTP/1.1\r\nHost: a\r\n{email}: {phone.token}\r\n\r\n".encode())
    raw(served.port, f"GET /{email * 500} HTTP/1.1\r\n\r\n".encode())
    chunked = (
        f"POST {at}/sync HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {phone.token}\r\nTransfer-Encoding: chunked\r\n"
    )
    raw(served.port, f"{chunked}Content-Type: application/json\r\n\r\n{NOTE}\r\n".encode())

    with closing(sqlite3.connect(served.database_url.removeprefix("sqlite:///"))) as database, database:
        database.execute("UPDATE devices SET created_at = ?", (NOTE,))  # A fault: the row cannot be read.
    ask(phone, "GET", "/v1/devices")
    with closing(sqlite3.connect(served.database_url.removeprefix("sqlite:///"))) as database, database:
        database.execute("ALTER TABLE devices RENAME TO gone")
    ask(phone, "GET", f"{at}/sync")


@pytest.fixture(scope="module")
def life(tmp_path_factory):
    """What a server's log says of a whole life, and what it must not have said."""
    served = Served(tmp_path_factory.mktemp("served"), workers=1)
    phone, diary = Phone(served.port), Diary()
    try:
        phone.sign_up()
        live_through_everything(served, phone, diary)
    finally:
        phone.hang_up()
        served.stop()
    return served.log.read_text(), diary


def test_everything_happened(life):
    log, diary = life
    assert diary.statuses >= {200, 201, 204, 302, 400, 401, 404, 409, 422, 500, 503}
    assert log.count('"event": "Invalid request"') >= 3
    assert '"event": "failure"' in log


def test_every_line_is_json_with_time_level_and_event(life):
    lines = [json.loads(line) for line in life[0].splitlines()]
    assert all({"time", "level", "event", "process"} <= line.keys() for line in lines)


def test_every_request_has_its_id_and_one_line(life):
    requests = [line for line in map(json.loads, life[0].splitlines()) if line["event"] == "request"]
    ids = [line["request_id"] for line in requests]
    assert len(ids) == len(set(ids))
    assert REQUEST_ID in ids


def test_nothing_private_is_in_any_line(life):
    log, diary = life
    spelled = {
        what: {value, value.replace(" ", "+"), value.replace(" ", "%20")} for what, value in diary.private.items()
    }
    assert [what for what, ways in spelled.items() if any(way.lower() in log.lower() for way in ways)] == []
