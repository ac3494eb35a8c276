"""The body of a request, read in pieces while a phone is still sending it."""

from collections.abc import Iterator
from typing import IO

from werkzeug.exceptions import ClientDisconnected

PIECE_BYTES = 512 * 1024
"""What is at most lost of a part when the server is killed while it comes."""

READ_BYTES = 16 * 1024


def pieces(body: IO[bytes], most: int) -> Iterator[bytes]:
    """Yield up to `most` bytes as they come, and one more where there are more, which makes the last piece longer.

    Raises:
        ClientDisconnected: the connection was cut; what had come was yielded.
    """
    left = most + 1
    while left > 0:
        piece, cut = _piece(body, left if left <= PIECE_BYTES + 1 else PIECE_BYTES)
        left -= len(piece)
        if piece:
            yield piece
        if cut is not None:
            raise cut
        if not piece:
            return


def _piece(body: IO[bytes], size: int) -> tuple[bytes, ClientDisconnected | None]:
    held = bytearray()
    try:
        while len(held) < size and (read := body.read(min(READ_BYTES, size - len(held)))):
            held += read
    except ClientDisconnected as cut:
        return bytes(held), cut
    return bytes(held), None
