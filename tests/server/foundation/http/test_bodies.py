"""A body that is compressed is refused by name, whatever it holds; one that is as it is goes through."""

import gzip
import json

import pytest

ACCOUNT = {
    "email": "kim@example.org",
    "name": "Kim",
    "password": "correct horse battery",
    "role": "guardian",
    "adult": True,
}
CODINGS = ["gzip", "GZIP", "br", "deflate", "zstd", "compress", "x-gzip", "gzip, identity", "aes128gcm", "gzip, gzip"]


@pytest.fixture
def refused():
    def check(answer, coding):
        assert (answer.status_code, answer.json["code"]) == (415, "content_encoding_unsupported")
        assert answer.headers["Accept-Encoding"] == "identity"
        assert coding in answer.json["detail"] and "without that header" in answer.json["detail"]

    return check


@pytest.mark.parametrize("coding", CODINGS)
def test_an_encoded_body_is_refused_by_name(client, refused, coding):
    body = gzip.compress(json.dumps(ACCOUNT).encode())
    headers = {"Content-Encoding": coding}
    refused(client.post("/v1/accounts", data=body, content_type="application/json", headers=headers), coding)


@pytest.mark.parametrize("coding", ["gzip", "br"])
def test_an_encoded_photo_and_an_encoded_part_are_refused_by_name(patient, refused, jpeg, coding):
    body, headers = gzip.compress(jpeg), {"Content-Encoding": coding, "Tus-Resumable": "1.0.0"}
    path = f"{patient.timeline}/photos/photo-0001"
    refused(patient.put(path, data=body, content_type="image/jpeg", headers=headers), coding)
    path, part = f"{patient.timeline}/uploads", "application/offset+octet-stream"
    refused(patient.post(path, data=body, content_type=part, headers=headers), coding)


def test_an_encoded_body_of_no_known_length_is_refused_too(client, refused):
    headers = {"Content-Encoding": "gzip", "Transfer-Encoding": "chunked"}
    refused(client.post("/v1/accounts", headers=headers, content_type="application/json"), "gzip")


def test_an_encoded_form_of_a_page_is_refused_on_a_page(client):
    answer = client.post("/sign-in", data=gzip.compress(b"email=a"), headers={"Content-Encoding": "gzip"})
    assert (answer.status_code, answer.mimetype) == (415, "text/html")
    assert "Content-Encoding: gzip" in answer.text.replace("&#39;", "'")


@pytest.mark.parametrize("coding", ["identity", "Identity", "", " identity "])
def test_a_body_as_it_is_may_say_so(client, coding):
    assert client.post("/v1/accounts", json=ACCOUNT, headers={"Content-Encoding": coding}).status_code == 201


def test_a_header_without_a_body_means_nothing(patient):
    assert patient.get("/v1/account", headers={"Content-Encoding": "gzip"}).status_code == 200
