"""A wire between clients and a server, which loses, cuts off or damages what passes when a test says so."""

import re
import socket
import threading
from contextlib import suppress


class Wire:
    """Passes bytes to a server and back, and writes down what was asked; loses, cuts off or damages some when told to.

    `lose_answers`: so many answers to POST do not arrive. `cut_after`: the connection breaks when so many bytes of
    PATCH have passed. `damage_at`: one byte of the next PATCH arrives as another.
    """

    def __init__(self, upstream: tuple[str, int]) -> None:
        self.upstream = upstream
        self.lose_answers = 0
        self.cut_after: int | None = None
        self.damage_at: int | None = None
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = "http://{}:{}".format(*self.listener.getsockname())
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                server = socket.create_connection(self.upstream)
                losing = threading.Event()
                threading.Thread(target=self._send, args=(client, server, losing), daemon=True).start()
                threading.Thread(target=self._answer, args=(server, client, losing), daemon=True).start()

    def _send(self, client: socket.socket, server: socket.socket, losing: threading.Event) -> None:
        method = ""
        with suppress(OSError):
            while data := client.recv(65536):
                if request := re.match(rb"([A-Z]+) /", data):
                    method = request[1].decode()
                    self.requests.append((method, _headers(data)))
                if method == "POST" and self.lose_answers:
                    self.lose_answers -= 1
                    losing.set()
                if method == "PATCH" and self.damage_at is not None:
                    data = self._damaged(data)
                if method == "PATCH" and self.cut_after is not None:
                    data, self.cut_after = data[: self.cut_after], self.cut_after - len(data)
                    if self.cut_after <= 0:
                        self.cut_after = None
                        server.sendall(data)
                        break
                server.sendall(data)
        _close(client, server)

    def _damaged(self, data: bytes) -> bytes:
        assert self.damage_at is not None
        place, self.damage_at = self.damage_at, self.damage_at - len(data)
        if place >= len(data):
            return data
        self.damage_at = None
        return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]

    def _answer(self, server: socket.socket, client: socket.socket, losing: threading.Event) -> None:
        with suppress(OSError):
            while (data := server.recv(65536)) and not losing.is_set():
                client.sendall(data)
        _close(client, server)


def _headers(data: bytes) -> dict[str, str]:
    lines = data.split(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")[1:]
    return {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}


def _close(*both: socket.socket) -> None:
    for each in both:
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
        each.close()
