"""Browsers get the app's files in the smallest form that they read, and keep for ever only what never changes."""

import gzip

import pytest

from .conftest import FILES, IN_GZIP_ALONE

HASHED = "app-7Q2XKD3A.js"


@pytest.mark.parametrize(
    ("codings", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("*", "br"),
        ("identity", None),
        ("zstd", None),
        (None, None),
    ],
)
def test_the_smallest_coding_that_the_browser_takes_is_sent(ask, codings, coding):
    answer = ask(HASHED, codings)
    assert answer.headers.get("Content-Encoding") == coding
    assert answer.headers["Vary"] == "Accept-Encoding"
    sent = {"br": b"brotli of " + FILES[HASHED], None: FILES[HASHED]}
    assert (gzip.decompress(answer.data) if coding == "gzip" else answer.data) == sent.get(coding, FILES[HASHED])


def test_what_is_only_there_compressed_is_expanded_for_who_takes_nothing_else(ask):
    answer = ask(IN_GZIP_ALONE, "identity")
    assert "Content-Encoding" not in answer.headers
    assert answer.data == FILES[IN_GZIP_ALONE]
    assert answer.mimetype == "application/wasm"


def test_each_form_of_a_file_has_a_name_of_its_own_by_which_it_is_not_sent_again(ask):
    forms = {codings: ask(IN_GZIP_ALONE, codings).headers["ETag"] for codings in ("br", "gzip", "identity")}
    assert len(set(forms.values())) == 3
    for codings, etag in forms.items():
        again = ask(IN_GZIP_ALONE, codings, **{"If-None-Match": etag})
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["Vary"] == "Accept-Encoding"


def test_a_file_that_was_built_anew_has_another_etag(ask, build):
    before = ask("index.html").headers["ETag"]
    (build / "index.html").write_bytes(b"<!doctype html><title>The newer app</title>")
    assert ask("index.html").headers["ETag"] != before


@pytest.mark.parametrize(
    ("name", "caching", "mimetype"),
    [
        (HASHED, "public, max-age=31536000, immutable", "text/javascript"),
        (IN_GZIP_ALONE, "public, max-age=31536000, immutable", "application/wasm"),
        ("", "no-cache", "text/html"),
        ("index.html", "no-cache", "text/html"),
        ("service-worker.js", "no-cache", "text/javascript"),
        ("manifest.webmanifest", "no-cache", "application/manifest+json"),
        ("icons/app.png", "no-cache", "image/png"),
    ],
)
def test_only_what_carries_its_hash_is_kept_without_asking(ask, name, caching, mimetype):
    answer = ask(name)
    assert answer.status_code == 200
    assert (answer.headers["Cache-Control"], answer.mimetype) == (caching, mimetype)


@pytest.mark.parametrize("path", ["", "settings", "visits/today"])
def test_an_address_within_the_app_is_answered_by_its_index(ask, path):
    assert ask(path).data == FILES["index.html"]


@pytest.mark.parametrize(
    "path",
    [
        "app-00000000.js",
        "app-7Q2XKD3A.js.br",
        "index.html.gz",
        "../secret.txt",
        "icons/../../secret.txt",
        "%2e%2e/secret.txt",
        "wasm/%2e%2e/%2e%2e/secret.txt",
        "icons/app.png/x.png",
    ],
)
def test_what_is_no_file_of_the_app_is_a_problem_that_names_the_remedy(ask, path):
    answer = ask(path)
    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"
    assert b"not the app" not in answer.data


def test_a_server_without_an_app_says_so(ask, build):
    for path in build.glob("index.html*"):
        path.unlink()
    answer = ask("")
    assert (answer.status_code, answer.json["code"]) == (404, "app_not_built")
