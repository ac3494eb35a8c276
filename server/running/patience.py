"""A worker of gunicorn that slow clients do not hold up.

`threads` requests are worked on at once, as the operator chose. A thread that waits for bytes of its client, or for the
client to take some, gives its place to another meanwhile; how many wait is bounded too, and for how long.
"""

import errno
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

WAITING = 256
"""How many threads of a process may wait for their clients."""

SILENT_SECONDS, REQUEST_SECONDS, ANSWER_SECONDS = 20, 300, 60
"""How long a client may send nothing, take for a whole request, and take for a piece of an answer."""

LONG_BYTES, LONG_A_THREAD = 1024 * 1024, 4
"""From which length on a body is held by so few at once that they fit into memory: for each of `threads`."""


class SlowClient(OSError):
    """The client let its time pass; gunicorn takes it for one that hung up."""

    def __init__(self) -> None:
        super().__init__(errno.ECONNRESET, "too slow")


class PatientSocket:
    """A client's socket that lets others work while it waits, for as long as a request may take from `begin` on."""

    def __init__(self, sock: socket.socket, places: threading.Semaphore) -> None:
        self._socket, self._places = sock, places
        self._has_place = False
        self.begin()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._socket, name)

    def begin(self) -> None:
        """Let the time of a request begin."""
        self._until = time.monotonic() + REQUEST_SECONDS

    @contextmanager
    def working(self) -> Iterator[None]:
        """Hold a place, but while waiting for the client."""
        with self._places:
            self._has_place = True
            try:
                yield
            finally:
                self._has_place = False

    def recv(self, size: int, flags: int = 0) -> bytes:
        """Return what came, at once where there is some. Raises SlowClient."""
        try:
            return self._socket.recv(size, flags | socket.MSG_DONTWAIT)
        except BlockingIOError:
            with self._elsewhere(min(SILENT_SECONDS, self._until - time.monotonic())):
                return self._socket.recv(size, flags)

    def sendall(self, data: bytes, flags: int = 0) -> None:
        """Send all of it. Raises SlowClient."""
        with self._elsewhere(ANSWER_SECONDS):
            self._socket.sendall(data, flags)

    @contextmanager
    def _elsewhere(self, seconds: float) -> Iterator[None]:
        """Give the place away for as long as the block waits for the client."""
        if seconds <= 0:
            raise SlowClient
        gave = self._has_place
        if gave:
            self._places.release()
        self._socket.settimeout(seconds)
        try:
            yield
        except TimeoutError as slow:
            raise SlowClient from slow
        finally:
            if gave:
                self._places.acquire()


class PatientWorker(ThreadWorker):
    """Threads for all who wait, places for as many as work."""

    def init_process(self) -> None:
        """Begin to work."""
        self.places = threading.Semaphore(self.cfg.threads)
        self.long_places = threading.Semaphore(LONG_A_THREAD * self.cfg.threads)
        super().init_process()

    def get_thread_pool(self) -> ThreadPoolExecutor:
        """Return threads for those who work and those who wait."""
        return ThreadPoolExecutor(self.cfg.threads + WAITING)

    def enqueue_req(self, conn: Any) -> None:
        """Let a request's time begin, and a thread take it."""
        if not isinstance(conn.sock, PatientSocket):
            conn.sock = PatientSocket(conn.sock, self.places)
        conn.sock.begin()
        super().enqueue_req(conn)

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Answer a request whose head has come."""
        with self.long_places if is_long(dict(req.headers)) else nullcontext(), conn.sock.working():
            return super().handle_request(req, conn)


def is_long(headers: dict[str, str]) -> bool:
    """Return whether a request says that it brings much, or does not say how much."""
    length = headers.get("CONTENT-LENGTH", "")
    return "TRANSFER-ENCODING" in headers or (length.isdecimal() and int(length) > LONG_BYTES)
