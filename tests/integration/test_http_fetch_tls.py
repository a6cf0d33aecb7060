"""Certificates are checked against the name in the URL, though the connection goes to an address."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpcore
import httpx
import pytest

from distributor.channels.guard import GuardedTransport
from distributor.channels.http import NEVER_SENT, client
from tests.servers.base import write_certificate

NAME = "letters.example"


class Here(httpcore.NetworkBackend):
    """Leads every connection to one port of this machine, behind the guard's back."""

    def __init__(self, port: int) -> None:
        self._port = port

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[object] | None = None,
    ) -> httpcore.NetworkStream:
        return httpcore.SyncBackend().connect_tcp("127.0.0.1", self._port, timeout)


class Hello(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in the standard library
        pass


class Quiet(HTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A client that turns away from the certificate is what is tested."""


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_certificate(tmp_path_factory.mktemp("tls") / "both.pem", host=NAME)


@pytest.fixture(scope="module")
def port(certificate: Path) -> Iterator[int]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = Quiet(("127.0.0.1", 0), Hello)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def get(host: str, port: int) -> httpx.Response:
    transport = GuardedTransport(resolve=lambda host, port: ["93.184.216.34"], network=Here(port))
    with client(transport=transport) as http:
        return http.get(f"https://{host}/")


def test_a_trusted_certificate_of_that_name(certificate: Path, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert get(NAME, port).text == "hello"


def test_a_trusted_certificate_of_another_name(certificate: Path, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with pytest.raises(httpx.ConnectError, match="other") as caught:
        get("other.example", port)
    assert isinstance(caught.value, NEVER_SENT)


def test_a_certificate_that_nobody_trusts(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        get(NAME, port)


def test_a_certificate_that_is_renewed_counts_at_once(
    certificate: Path, port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authorities = write_certificate(tmp_path / "authorities.pem", host=NAME)
    monkeypatch.setenv("SSL_CERT_FILE", str(authorities))
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        get(NAME, port)
    authorities.write_bytes(certificate.read_bytes())
    assert get(NAME, port).text == "hello"
