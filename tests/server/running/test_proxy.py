"""The server behind nginx with the configuration that comes with it, as operators run it."""

import base64
import hashlib
import io
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
from datetime import UTC, datetime, timedelta
from http.client import HTTPSConnection
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from PIL import Image

from tests.phone import PASSWORD, Phone
from tests.processes import kill
from tests.served import SECONDS, Served

CONFIGURATION = Path(__file__).parents[3] / "server" / "nginx.conf"
MAIN = """
daemon off; pid {here}/nginx.pid; error_log {here}/main.log emerg; worker_processes 1;
events {{}}
http {{
    client_body_temp_path {here}/bodies; proxy_temp_path {here}/answers; fastcgi_temp_path {here}/f;
    uwsgi_temp_path {here}/u; scgi_temp_path {here}/s;
    include {here}/site.conf;
}}
"""


@pytest.fixture(scope="module")
def nginx():
    if program := shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin"):
        return program
    if os.environ.get("CI"):
        pytest.fail("CI has to install Debian's nginx-light")
    pytest.skip("needs Debian's nginx-light")


def certificate(folder):
    """Write a certificate for localhost that signs itself."""
    key, now = generate_private_key(SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    names = x509.SubjectAlternativeName([x509.DNSName("localhost")])
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    signed = made.add_extension(names, critical=False).sign(key, SHA256())
    (folder / "fullchain.pem").write_bytes(signed.public_bytes(Encoding.PEM))
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "privkey.pem").write_bytes(private)


class Proxied:
    """nginx before a server, each in a process of its own."""

    def __init__(self, program, folder):
        self.here = folder / "nginx"
        self.here.mkdir()
        certificate(self.here)
        self.served = Served(folder, workers=1, TRUSTED_PROXIES="1")
        with socket.socket() as free, socket.socket() as plain:
            free.bind(("127.0.0.1", 0))
            plain.bind(("127.0.0.1", 0))
            self.port, other = free.getsockname()[1], plain.getsockname()[1]
        site = CONFIGURATION.read_text()
        for written, here in {
            "listen 80;": f"listen 127.0.0.1:{other};",
            "listen 443 ssl;": f"listen 127.0.0.1:{self.port} ssl;",
            "/etc/ssl/skin.example.org": str(self.here),
            "/var/log/nginx": str(self.here),
            "skin.example.org": "localhost",
            "127.0.0.1:8000": f"127.0.0.1:{self.served.port}",
            "client_body_timeout 20s": "client_body_timeout 1s",
        }.items():
            assert written in site
            site = site.replace(written, here)
        (self.here / "site.conf").write_text(site)
        (self.here / "main.conf").write_text(MAIN.format(here=self.here))
        self.process = subprocess.Popen([program, "-c", self.here / "main.conf"], stderr=subprocess.DEVNULL)
        while True:
            assert self.process.poll() is None
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return

    def connect(self):
        trusted = ssl.create_default_context(cafile=self.here / "fullchain.pem")
        return HTTPSConnection("localhost", self.port, timeout=SECONDS, context=trusted)

    def stop(self):
        self.process.terminate()
        self.process.wait(SECONDS)
        self.served.kill()


@pytest.fixture(scope="module")
def proxied(nginx, tmp_path_factory):
    made = Proxied(nginx, tmp_path_factory.mktemp("proxied"))
    yield made
    made.stop()


@pytest.fixture(scope="module")
def phone(proxied):
    """A patient's, which reaches the server through nginx."""
    made = Phone(proxied.port)
    made._connection = proxied.connect()
    made.sign_up()
    yield made
    made.hang_up()


@pytest.fixture(scope="module")
def large():
    """A photo of twelve megapixels."""
    pixels = np.random.default_rng(1).integers(0, 255, (750, 1000, 3), np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).resize((4000, 3000)).save(buffer, "JPEG", quality=90)
    assert len(buffer.getvalue()) > 2_000_000
    return buffer.getvalue()


def record(phone, data, number):

    visit = {"id": f"visit-{number:04}", "recorded_at": "2026-03-01T08:30:00+01:00", "guided": True}
    photo = {"id": f"photo-{number:04}", "visit_id": visit["id"], "view": "front", "media_type": "image/jpeg"}
    size = {"width_px": 4000, "height_px": 3000, "sha256": hashlib.sha256(data).hexdigest()}
    assert phone.push(visits=[visit], photos=[{**photo, **size}])[1]["rejected"] == []
    return photo["id"]


def test_photos_of_twelve_megapixels_pass_whole_and_in_parts(phone, large):
    path = f"{phone.timeline}/photos/{record(phone, large, 1)}"
    assert phone.send("PUT", path, large, {"Content-Type": "image/jpeg"})[0] == 204
    named = {"photo_id": record(phone, large, 2), "media_type": "image/jpeg"}
    metadata = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in named.items())
    tus = {"Tus-Resumable": "1.0.0"}
    begin = {**tus, "Upload-Length": str(len(large)), "Upload-Metadata": metadata}
    status, headers, _ = phone.send("POST", f"{phone.timeline}/uploads", None, begin)
    assert status == 201
    part = {**tus, "Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"}
    assert phone.send("PATCH", headers["Location"], large, part)[0] == 204
    assert phone.send("GET", f"{phone.timeline}/photos/{named['photo_id']}")[0] == 200


def test_a_form_is_taken_from_its_own_page_at_a_port_of_its_own(proxied, phone):
    connection = proxied.connect()
    connection.request("GET", "/sign-in")
    page = connection.getresponse()
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.read().decode())[1]
    form = urlencode({"csrf_token": token, "email": phone.email, "password": PASSWORD})
    kind = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": page.headers["Set-Cookie"].split(";")[0]}
    connection.request("POST", "/sign-in", form, {**kind, "Referer": f"https://localhost:{proxied.port}/sign-in"})
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 302
    connection.request("POST", "/sign-in", form, {**kind, "Referer": "https://localhost/sign-in"})
    assert connection.getresponse().status == 400
    connection.close()


def test_a_body_that_does_not_come_is_given_up(proxied, phone):
    trusted = ssl.create_default_context(cafile=proxied.here / "fullchain.pem")
    with socket.create_connection(("127.0.0.1", proxied.port), SECONDS) as plain:
        head = f"POST {phone.timeline}/sync HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {phone.token}\r\n"
        with trusted.wrap_socket(plain, server_hostname="localhost") as slow:
            slow.sendall((head + 'Content-Type: application/json\r\nContent-Length: 5000\r\n\r\n{"visits').encode())
            answer = slow.recv(4000)
        assert answer == b"" or b" 408 " in answer.partition(b"\r\n")[0]


def test_readiness_is_told_to_this_machine_and_probes_are_not_logged(proxied):
    connection = proxied.connect()
    for path in ("/readyz", "/healthz"):
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200
    connection.close()
    lines = [json.loads(line) for line in proxied.served.log.read_text().splitlines() if line.startswith("{")]
    assert not [line for line in lines if line.get("route") in ("/readyz", "/healthz")]


def test_no_file_of_the_proxy_holds_anything_of_anybody(proxied, phone, large):
    kill([process for process in proxied.served.workers])
    phone.send("GET", f"{phone.timeline}/sync?last_pulled_at=0")  # Perhaps an error for nginx to log.
    held = b"".join(path.read_bytes() for path in proxied.here.rglob("*") if path.is_file())
    assert phone.timeline.rpartition("/")[2].encode() not in held
    assert large[1000:1064] not in held
