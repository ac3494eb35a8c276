"""The demonstration for phones in the local network: an address, TLS, and what a person has to do on the phone.

Browsers give the camera, and keep an app for use without a network, over HTTPS alone.
"""

import io
import socket
import ssl
from ipaddress import ip_address
from typing import Any

import segno
from cryptography.hazmat.primitives.serialization import Encoding
from flask import Flask, Response
from werkzeug.serving import ThreadedWSGIServer

from server.running.demo.certificate import Certificate

CERTIFICATE_PATH = "/certificate.crt"
ELSEWHERE = ("192.0.2.1", 9)
"""An address of documentation (RFC 5737): nothing is sent to it, but the way there begins at this machine's own."""


class NoAddress(Exception):
    """This machine has no such address in a network; the message says what to do."""


def own_address(wanted: str) -> str:
    """Return `wanted`, an IP address of this machine, or for "" the one by which it reaches its network.

    Raises:
        NoAddress: it is none, or there is none.
    """
    if wanted:
        try:
            return str(ip_address(wanted))
        except ValueError as error:
            raise NoAddress(f"{wanted} is no IP address; name this machine's, as --lan 192.168.1.20.") from error
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as outwards:
        try:
            outwards.connect(ELSEWHERE)
        except OSError as error:
            raise NoAddress("This machine is in no network; join one, or name its address after --lan.") from error
        return str(outwards.getsockname()[0])


class TlsServer(ThreadedWSGIServer):
    """Serves over TLS; each connection shakes hands in a thread of its own, so that a silent one holds up nobody."""

    def __init__(self, certificate: Certificate, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.ssl_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.ssl_context.load_cert_chain(certificate.chain_file, certificate.key_file)

    def get_request(self) -> tuple[socket.socket, Any]:
        """Return the next connection."""
        plain, address = super().get_request()
        assert isinstance(self.ssl_context, ssl.SSLContext)
        return self.ssl_context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False), address


def offer_certificate(app: Flask, certificate: Certificate) -> None:
    """Let phones download what they have to trust."""
    data = certificate.authority.public_bytes(Encoding.DER)
    app.add_url_rule(CERTIFICATE_PATH, "certificate", lambda: Response(data, content_type="application/x-x509-ca-cert"))


def invitation(address: str, certificate: Certificate) -> str:
    """Return what the terminal says: the app's address, the same to be scanned, and the steps on a phone."""
    drawn, app = io.StringIO(), f"{address}app/"
    segno.make(app, error="m", micro=False).terminal(drawn, border=2, compact=True)
    crt = f"{address.rstrip('/')}{CERTIFICATE_PATH}"
    return f"""On a phone in the same network, scan this or open {app}

{drawn.getvalue()}
The certificate was made here, so a phone warns of it. Its SHA-256 fingerprint:
  {certificate.fingerprint}

Pages work once the warning is passed. Camera and use without a network may ask for more:
  Android, Chrome  The camera works after "Advanced" and "Proceed". To install the app and use it without a network,
                   open {crt} and in the settings choose
                   "Install a certificate", "CA certificate".
  iPhone, Safari   Open {crt} and allow the profile. In the settings
                   install it under "Profile Downloaded", then switch it on under "General", "About", "Certificate
                   Trust Settings".
  What is installed has the fingerprint
  {certificate.authority_fingerprint}
  It vouches for this machine’s address alone, because the key that signed is gone. Remove it afterwards.

Everybody in this network reaches this server, and the passwords below are no secret: no real face belongs on it.
"""
