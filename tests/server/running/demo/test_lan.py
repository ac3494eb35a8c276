"""The demonstration in a network: TLS that a silent phone does not hold up, and the way to it on the terminal."""

import http.client
import socket
import ssl
import threading
from datetime import UTC, datetime
from ipaddress import ip_address

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from flask import Flask

from server.running.demo.certificate import certificate_for
from server.running.demo.lan import NoAddress, TlsServer, invitation, offer_certificate, own_address

HOST = "127.0.0.1"


@pytest.fixture
def certificate(tmp_path):
    return certificate_for(HOST, tmp_path, datetime.now(UTC))


@pytest.fixture
def port(certificate):
    app = Flask("demonstration")
    app.add_url_rule("/", "start", lambda: "here")
    offer_certificate(app, certificate)
    server = TlsServer(certificate, HOST, 0, app)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def get(port, path, trusted=None):
    context = ssl.create_default_context(cadata=trusted)
    connection = http.client.HTTPSConnection(HOST, port, context=context, timeout=10)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.getheader("Content-Type"), answer.read()
    finally:
        connection.close()


@pytest.fixture
def authority(certificate):
    return certificate.authority.public_bytes(Encoding.DER)


def test_who_trusts_its_authority_is_served_and_others_are_warned(port, authority):
    assert get(port, "/", authority)[1] == b"here"
    with pytest.raises(ssl.SSLCertVerificationError):
        get(port, "/")


def test_a_phone_downloads_what_it_has_to_trust(port, authority):
    assert get(port, "/certificate.crt", authority) == ("application/x-x509-ca-cert", authority)


def test_a_connection_that_says_nothing_holds_up_nobody(port, authority):
    with socket.create_connection((HOST, port)):
        assert get(port, "/", authority)[1] == b"here"


def test_the_terminal_says_where_and_how(certificate):
    said = invitation("https://192.168.1.20:8080/", certificate)
    told = ("https://192.168.1.20:8080/app/", "/certificate.crt", "Android", "iPhone", "Certificate\n", "no real face")
    assert all(words in said for words in (*told, certificate.fingerprint, certificate.authority_fingerprint))
    assert "█" in said and max(map(len, said.splitlines())) <= 120


def test_its_address_is_the_one_that_is_named(monkeypatch):
    assert own_address("192.168.1.20") == "192.168.1.20"
    with pytest.raises(NoAddress, match="--lan"):
        own_address("my-laptop")


def test_without_a_network_it_says_what_to_do(monkeypatch):
    class Unreachable(socket.socket):
        def connect(self, address):
            raise OSError("Network is unreachable")

    monkeypatch.setattr("server.running.demo.lan.socket.socket", Unreachable)
    with pytest.raises(NoAddress, match="name its address after --lan"):
        own_address("")


def test_in_a_network_it_finds_an_address():
    try:
        found = own_address("")
    except NoAddress:
        pytest.skip("this machine is in no network")
    assert ip_address(found)
