"""Malformed photos and headers, uploaded over HTTP: refused by name or stored readable, never anything between.

    python -m tests.soak.uploads [--count 1000] [--seed 1]

Each photo is one of several formats with seeded damage; its record names the damaged bytes, so that they are looked at
and not only hashed. Whatever the server answers, what it then shows is the picture that was sent, or nothing.
"""

import argparse
import base64
import hashlib
import io
import json
import random
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageCms
from sqlalchemy import select

from mobile_models.image import read_photo
from server.foundation import db
from server.photos.models import StoredPhoto, UploadPart
from tests.phone import NoAnswer, Phone
from tests.served import Served

WIDTH, HEIGHT = 96, 128
MEDIA_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
PART = "application/offset+octet-stream"


def pictures() -> list[tuple[str, bytes]]:
    """Photos of every kind that is taken, each with its media type."""
    picture = Image.linear_gradient("L").resize((WIDTH, HEIGHT)).convert("RGB").effect_spread(9)
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 3, "maker"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    wanted: list[tuple[str, Image.Image, dict[str, Any]]] = [
        ("JPEG", picture, {"exif": exif, "icc_profile": profile, "comment": b"hello"}),
        ("JPEG", picture, {"progressive": True, "restart_marker_rows": 2}),
        ("JPEG", picture.convert("CMYK"), {}),
        ("PNG", picture, {"exif": exif, "icc_profile": profile}),
        ("PNG", picture.quantize(16), {}),
        ("PNG", picture.convert("RGBA"), {"optimize": True}),
        ("WEBP", picture, {"exif": exif, "icc_profile": profile, "xmp": b"<x/>"}),
        ("WEBP", picture.convert("RGBA"), {"lossless": True}),
    ]
    made = []
    for kind, image, options in wanted:
        buffer = io.BytesIO()
        image.save(buffer, kind, **options)
        made.append((MEDIA_TYPES[kind], buffer.getvalue()))
    return made


def _flipped(data: bytearray, chance: random.Random) -> None:
    for _ in range(chance.choice((1, 1, 2, 8, 40))):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def _head_changed(data: bytearray, chance: random.Random) -> None:
    for _ in range(chance.choice((1, 2, 4))):
        data[chance.randrange(min(len(data), 600))] = chance.choice((0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)))


def _length_changed(data: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(data) - 4)
    data[at : at + 4] = chance.choice((b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff", b"\xff\xd8\xff\xd9"))


def _cut(data: bytearray, chance: random.Random) -> None:
    del data[chance.randrange(1, len(data)) :]


def _left_out(data: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(data))
    del data[start : start + chance.choice((1, 2, 16, 300))]


def _repeated(data: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(data))
    some = data[start : start + chance.choice((2, 64, 900))]
    data[start:start] = some * chance.choice((1, 3))


def _inserted(data: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(data))
    data[at:at] = chance.randbytes(chance.choice((1, 7, 500)))


def _followed(data: bytearray, chance: random.Random) -> None:
    data += chance.choice((b"\0" * 999, chance.randbytes(300), bytes(data), b"\xff\xd9"))


DAMAGE: tuple[Callable[[bytearray, random.Random], None], ...] = (
    _flipped,
    _head_changed,
    _length_changed,
    _cut,
    _left_out,
    _repeated,
    _inserted,
    _followed,
)


def damaged(data: bytes, chance: random.Random, others: list[bytes]) -> bytes:
    """Return a photo with one or two kinds of damage, or the head of one and the rest of another."""
    if chance.random() < 0.08:
        other = chance.choice(others)
        return data[: chance.randrange(4, len(data))] + other[chance.randrange(len(other)) :]
    spoilt = bytearray(data)
    for spoil in chance.choices(DAMAGE, k=chance.choice((1, 1, 2))):
        if len(spoilt) > 8:
            spoil(spoilt, chance)
    return bytes(spoilt)


def _nonsense(chance: random.Random) -> str:
    return chance.choice(
        (
            "", "-1", "0", "1e9", "9" * 30, "nan", "x" * 3000, "²", "sha1", "sha256 " + "A" * 44, "sha-256=:AAAA:",
            "photo_id", "photo_id AAAA", "a b c,,", "image/jpeg; charset=x", "application/octet-stream", "1.0.1", "*/*",
            "".join(chr(chance.randrange(33, 126)) for _ in range(chance.randrange(1, 60))),
        )
    )  # fmt: skip


HEADERS = (
    "Content-Type", "Content-Digest", "Upload-Offset", "Upload-Length", "Upload-Metadata", "Upload-Checksum",
    "Tus-Resumable", "X-HTTP-Method-Override", "Transfer-Encoding", "Content-Encoding", "Range", "Expect",
)  # fmt: skip


class Fuzz:
    """Uploads of one patient to a server that runs, and what it answered."""

    def __init__(self, served: Served, seed: int) -> None:
        self.served, self.phone, self.chance = served, Phone(served.port), random.Random(seed)
        self.pictures = pictures()
        self.answers: Counter[str] = Counter()
        self.stored = 0
        self.phone.sign_up()
        visit = {"id": "visit-fuzz", "recorded_at": "2026-03-01T08:30:00+01:00", "guided": True}
        self._push(visits=[visit])

    def run(self, count: int) -> None:
        """Upload so many photos, look at what came of each, and at the end at what is kept.

        Raises:
            AssertionError: the server failed, shows another picture than was sent, or keeps what no row names.
        """
        for number in range(count):
            media_type, whole = self.chance.choice(self.pictures)
            data = damaged(whole, self.chance, [other for _, other in self.pictures])
            row = {"id": f"photo-{number:05}", "visit_id": "visit-fuzz", "view": "front", "media_type": media_type}
            size = {"sha256": hashlib.sha256(data).hexdigest(), "width_px": WIDTH, "height_px": HEIGHT}
            self._push(photos=[{**row, **size}])
            changed = self.chance.sample(HEADERS, 2) if self.chance.random() < 0.25 else []
            send = self.chance.choice((self._put, self._put, self._parts))
            send(row["id"], data, media_type, {name: _nonsense(self.chance) for name in changed})
            self._look(row["id"], data)
        self._check_kept()

    def _push(self, **changes: Any) -> None:
        status, answer = self.phone.push(**changes)
        assert (status, answer.get("rejected")) == (200, []), answer

    def _put(self, photo_id: str, data: bytes, media_type: str, changed: dict[str, str]) -> None:
        digest = base64.b64encode(hashlib.sha256(data).digest()).decode()
        headers = {"Content-Type": media_type, "Content-Digest": f"sha-256=:{digest}:", **changed}
        self._call("PUT", f"{self.phone.timeline}/photos/{photo_id}", data, headers)

    def _parts(self, photo_id: str, data: bytes, media_type: str, changed: dict[str, str]) -> None:
        named = {"photo_id": photo_id, "media_type": media_type}
        metadata = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in named.items())
        begin = {"Tus-Resumable": "1.0.0", "Upload-Length": str(len(data)), "Upload-Metadata": metadata}
        begin |= changed if self.chance.random() < 0.3 else {}
        at = self._call("POST", f"{self.phone.timeline}/uploads", b"", begin).get("Location")
        if at is None:
            return
        cut = self.chance.randrange(len(data) + 1)
        for start, part in ((0, data[:cut]), (cut, data[cut:])):
            checksum = "sha1 " + base64.b64encode(hashlib.sha1(part).digest()).decode()
            headers = {"Tus-Resumable": "1.0.0", "Content-Type": PART, "Upload-Offset": str(start)}
            self._call("PATCH", at, part, {**headers, "Upload-Checksum": checksum, **changed})
        self._call("DELETE", at, b"", {"Tus-Resumable": "1.0.0"})

    def _call(self, method: str, path: str, data: bytes, headers: dict[str, str]) -> dict[str, str]:
        try:
            status, answered, body = self.phone.send(method, path, data, headers)
        except NoAnswer:  # gunicorn hangs up on what is not HTTP.
            self.answers[f"{method} without an answer"] += 1
            return {}
        assert status < 500 or status == 501, (method, status, body)
        problem = "problem+json" in answered.get("Content-Type", "")
        self.answers[f"{method} {status}" + (f" {json.loads(body)['code']}" if problem else "")] += 1
        return answered

    def _look(self, photo_id: str, data: bytes) -> None:
        """Compare what the server shows now with what was sent."""
        status, _, shown = self.phone.send("GET", f"{self.phone.timeline}/photos/{photo_id}")
        if status != 200:
            assert (status, json.loads(shown)["code"]) == (404, "photo_not_uploaded")
            return
        self.stored += 1
        shown_photo, sent = read_photo(shown), read_photo(data)
        assert np.array_equal(np.asarray(shown_photo.pixels), np.asarray(sent.pixels)), photo_id

    def _check_kept(self) -> None:
        """Compare the objects that are kept with the rows that name them, and look for failures in the log."""
        objects = {path.name for path in (self.served.folder / "photos").rglob("*") if path.is_file()}
        engine = db.connect(self.served.database_url)
        with engine.connect() as connection:
            rows = [row for table in (StoredPhoto, UploadPart) for row in connection.scalars(select(table.object_key))]
        engine.dispose()
        assert objects == {row.rpartition("/")[2] for row in rows}
        failures = [line for line in self.served.errors if '"failure"' in line]
        assert failures == []


def main(argv: Sequence[str] | None = None) -> None:
    """Run the proof and print what the server answered."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(argv)
    warnings.simplefilter("ignore")  # Pillow's, of damaged photos.
    with tempfile.TemporaryDirectory(prefix="acnetrack-uploads-") as folder:
        served = Served(Path(folder))
        try:
            fuzz = Fuzz(served, options.seed)
            fuzz.run(options.count)
            largest = max(process.memory_info().rss for process in served.workers) // 2**20
        finally:
            served.kill()
    for answer, count in sorted(fuzz.answers.items()):
        print(f"{count:6} {answer}")
    print(f"{options.count} photos, {fuzz.stored} of them stored and readable; a worker has {largest} MiB at most")


if __name__ == "__main__":
    main()
