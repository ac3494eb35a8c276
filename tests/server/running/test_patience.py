"""A client that takes its time gives its place to others, and has only so much time."""

import socket
import threading
from types import SimpleNamespace

import pytest

from server.running import patience
from server.running.patience import PatientSocket, SlowClient, is_long


@pytest.fixture
def pair():
    """A server's side of a connection that holds the only place there is, and the client's side."""
    ours, client = socket.socketpair()
    places = threading.Semaphore(1)
    yield SimpleNamespace(places=places, ours=PatientSocket(ours, places), client=client)
    ours.close()
    client.close()


def test_who_waits_for_a_client_gives_the_place_away_and_takes_it_back(pair):
    came = []
    with pair.ours.working():
        waiting = threading.Thread(target=lambda: came.append(pair.ours.recv(100)))
        waiting.start()
        assert pair.places.acquire(timeout=10)
        pair.client.sendall(b"at last")
        waiting.join(0.1)
        assert waiting.is_alive()  # The place is taken: it waits for that now.
        pair.places.release()
        waiting.join(10)
        assert came == [b"at last"]
        assert not pair.places.acquire(blocking=False)
    assert pair.places.acquire(blocking=False)


def test_what_is_there_already_costs_no_place(pair):
    pair.client.sendall(b"at once")
    with pair.ours.working():
        assert pair.ours.recv(100) == b"at once"
        assert not pair.places.acquire(blocking=False)


@pytest.mark.parametrize("limit", ["SILENT_SECONDS", "REQUEST_SECONDS"])
def test_a_client_that_lets_its_time_pass_is_one_that_hung_up(pair, monkeypatch, limit):
    monkeypatch.setattr(patience, limit, 0.01)
    pair.ours.begin()
    with pair.ours.working(), pytest.raises(SlowClient):
        pair.ours.recv(100)
    assert pair.places.acquire(blocking=False)


def test_a_client_that_does_not_take_its_answer_is_one_that_hung_up(pair, monkeypatch):
    monkeypatch.setattr(patience, "ANSWER_SECONDS", 0.01)
    with pytest.raises(SlowClient):
        pair.ours.sendall(bytes(2**24))


def test_what_is_long_or_does_not_say_how_long_it_is_is_held_by_few():
    assert is_long({"CONTENT-LENGTH": str(2**20 + 1)}) and is_long({"TRANSFER-ENCODING": "chunked"})
    assert not is_long({"CONTENT-LENGTH": "5000"}) and not is_long({})
