"""`acnetrack serve` as operators run it: it starts, is replaced where it dies, and stops without losing a request."""

import importlib
import json
import os
import signal
import socket
import sqlite3
import time
from contextlib import closing

import psutil
import pytest

from tests.phone import Phone
from tests.processes import kill
from tests.served import SECONDS, Served

VISIT = {"id": "visit-0001", "recorded_at": "2026-03-01T08:30:00+01:00", "guided": True}


@pytest.fixture
def serve(tmp_path):
    """Starts servers: `serve(workers=1, SHUTDOWN_SECONDS="1")`."""
    started = []

    def start(**settings):
        started.append(Served(tmp_path, **settings))
        return started[-1]

    yield start
    for served in started:
        served.kill()


@pytest.fixture
def patient_at():
    """Signs a patient up at a server."""
    phones = []

    def sign_up(served):
        phones.append(Phone(served.port))
        phones[-1].sign_up()
        return phones[-1]

    yield sign_up
    for phone in phones:
        phone.hang_up()


def half_a_push(port, phone):
    """A connection on which a worker waits for the second half of a push, and that half."""
    body = json.dumps({"visits": {"created": [VISIT]}}).encode()
    connection = socket.create_connection(("127.0.0.1", port), SECONDS)
    head = f"POST {phone.timeline}/sync HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer {phone.token}\r\n"
    kind = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nExpect: 100-continue\r\n\r\n"
    connection.sendall((head + kind).encode() + body[:20])
    assert b"100 Continue" in connection.recv(1000)
    return connection, body[20:]


def wait_until_refused(port):
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), SECONDS).close()
        except ConnectionRefusedError:
            return
        except ConnectionResetError:  # It was refused a moment after it was taken.
            pass


def test_a_request_in_flight_is_finished_and_new_ones_are_refused_when_the_server_stops(serve, patient_at):
    served = serve(workers=1)
    phone = patient_at(served)
    phone.hang_up()
    connection, rest = half_a_push(served.port, phone)
    served.process.send_signal(signal.SIGTERM)
    wait_until_refused(served.port)
    assert served.process.poll() is None
    with connection:
        connection.sendall(rest)
        answer = connection.recv(4000)
    assert b"HTTP/1.1 200" in answer
    assert served.process.wait(SECONDS) == 0
    with closing(sqlite3.connect(served.database_url.removeprefix("sqlite:///"))) as database:
        assert database.execute("SELECT id FROM visits").fetchall() == [("visit-0001",)]


def test_a_request_that_never_ends_does_not_keep_the_server_from_stopping(serve, patient_at):
    served = serve(workers=1, SHUTDOWN_SECONDS="1")
    phone = patient_at(served)
    connection, _ = half_a_push(served.port, phone)
    with connection:
        assert served.stop() == 0


HALF_OPEN = 200


@pytest.mark.slow
def test_two_hundred_half_open_and_half_sent_requests_hold_up_nobody_else(serve, patient_at):
    """p99 of probes and pulls is what issue 16 asks for: a second."""
    served = serve(workers=2)
    phone = patient_at(served)
    heads = {
        "nothing": b"",
        "half a head": b"GET /healthz HTTP/1.1\r\nHost: he",
        "half a push": half_a_request("POST", f"{phone.timeline}/sync", phone.token),
        "half a sign-in": half_a_request("POST", "/v1/devices", ""),
    }
    slow = [socket.create_connection(("127.0.0.1", served.port), SECONDS) for _ in range(HALF_OPEN)]
    try:
        for connection, head in zip(slow, list(heads.values()) * HALF_OPEN, strict=False):
            connection.sendall(head)
        seconds = []
        for _ in range(100):
            for ask in (lambda: served.status("/healthz"), lambda: phone.pull()):
                began = time.monotonic()
                assert ask()
                seconds.append(time.monotonic() - began)
        assert sorted(seconds)[int(len(seconds) * 0.99)] < 1
    finally:
        for connection in slow:
            connection.close()


def half_a_request(method, path, token):
    head = f"{method} {path} HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer {token}\r\n"
    return (head + 'Content-Type: application/json\r\nContent-Length: 5000\r\n\r\n{"visits": ').encode()


def test_dead_workers_are_replaced_and_workers_without_arbiter_go(serve):
    served = serve(workers=1)
    (worker,) = served.workers
    kill([worker])
    while served.status("/readyz") != 200:
        pass
    (replacement,) = served.workers
    assert replacement.pid != worker.pid
    os.kill(served.process.pid, signal.SIGKILL)
    assert psutil.wait_procs([replacement], SECONDS)[1] == []
    wait_until_refused(served.port)


def test_requests_of_anybody_replace_no_worker(monkeypatch, tmp_path):
    monkeypatch.setenv("ACNETRACK_DATABASE_URL", f"sqlite:///{tmp_path}/acnetrack.db")
    serving = importlib.import_module("server.running.serving")
    assert serving.max_requests == 0
