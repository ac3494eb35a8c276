"""A client of tus 1.0.0, and what the photo store holds."""

import base64
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

PART = "application/offset+octet-stream"


def encoded(text: str | bytes) -> str:
    return base64.b64encode(text if isinstance(text, bytes) else text.encode()).decode()


class Uploads:
    """Uploads in parts of one person's device: headers are given as keywords."""

    def __init__(self, person: Any) -> None:
        self.person = person

    def call(self, method: str, path: str, data: Any = None, chunked: bool = False, **headers: Any) -> TestResponse:
        """Send a request; `chunked` sends no Content-Length, as gunicorn then passes it on."""
        sent = {"Tus_Resumable": "1.0.0", **headers}
        named = {name.replace("_", "-"): str(value) for name, value in sent.items() if value is not None}
        body: dict[str, Any] = {"data": data}
        if chunked:
            body = {"input_stream": io.BytesIO(data), "environ_overrides": {"wsgi.input_terminated": True}}
        return self.person.call(method, path, headers=named, **body)

    def begin(self, length: int, photo_id: str = "photo-0001", **headers: Any) -> TestResponse:
        metadata = f"photo_id {encoded(photo_id)},media_type {encoded('image/jpeg')}"
        path = f"{self.person.timeline}/uploads"
        return self.call("POST", path, **{"Upload_Length": length, "Upload_Metadata": metadata, **headers})

    def at(self, length: int, photo_id: str = "photo-0001") -> str:
        """Begin an upload and return where it goes on."""
        answer = self.begin(length, photo_id)
        assert answer.status_code == 201, answer.json
        return answer.headers["Location"]

    def append(self, at: str, offset: int, data: bytes, chunked: bool = False, **headers: Any) -> TestResponse:
        return self.call("PATCH", at, data, chunked, **{"Upload_Offset": offset, "Content_Type": PART, **headers})

    def stands_at(self, at: str) -> int:
        answer = self.call("HEAD", at)
        assert answer.status_code == 200
        return int(answer.headers["Upload-Offset"])


@pytest.fixture
def uploads(patient: Any) -> Uploads:
    return Uploads(patient)


@pytest.fixture
def recorded(patient: Any, visit_row: Callable[..., Any], photo_row: Callable[..., Any], jpeg: bytes) -> None:
    """The record of the picture `jpeg`, pushed."""
    assert patient.push(visits=[visit_row()], photos=[photo_row(jpeg)]) == []


@pytest.fixture
def objects(config: Any) -> Callable[[], list[Path]]:
    """Returns what the photo store holds now."""
    return lambda: [path for path in config.photo_dir.rglob("*") if path.is_file()]
