"""A built app of a few files, as the bundler leaves one."""

import gzip
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

FILES = {
    "index.html": b"<!doctype html><title>The app</title>",
    "service-worker.js": b"self.addEventListener('fetch', () => {});",
    "manifest.webmanifest": b'{"name": "acnetrack"}',
    "app-7Q2XKD3A.js": b"export default 1;",
    "wasm/counting-J5NB2C4E.wasm": b"\0asm\1\0\0\0" * 4096,
    "icons/app.png": b"\x89PNG",
}
IN_GZIP_ALONE = "wasm/counting-J5NB2C4E.wasm"


@pytest.fixture
def build(tmp_path: Path) -> Path:
    folder = tmp_path / "built"
    for name, data in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.with_name(path.name + ".gz").write_bytes(gzip.compress(data))
        path.with_name(path.name + ".br").write_bytes(b"brotli of " + data)
        if name != IN_GZIP_ALONE:
            path.write_bytes(data)
    (folder.parent / "secret.txt").write_text("not the app's")
    return folder


@pytest.fixture
def config(config, build: Path):
    return replace(config, app_dir=build)


@pytest.fixture
def ask(app: Flask) -> Callable[..., object]:
    """Asks for a file of the app as a browser that takes some codings, without following anything."""

    def get(path: str, codings: str | None = None, **headers: str):
        named = {**({"Accept-Encoding": codings} if codings else {}), **headers}
        with app.test_client().get(f"/app/{path}", headers=named) as answer:
            answer.get_data()
            return answer

    return get
