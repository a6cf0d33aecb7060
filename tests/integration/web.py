"""The web server as it runs for users: a process of its own on the test's database, spoken to over real sockets."""

from __future__ import annotations

import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.integration.processes import HOME, environment, kill, wait_for
from tests.patience import PATIENCE
from tests.servers.base import free_port

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    text: str


@dataclass(frozen=True)
class Web:
    """A running web server."""

    port: int
    process: subprocess.Popen[bytes]

    def log(self) -> str:
        return (HOME / "web-under-test.log").read_text(encoding="utf-8")

    def get(self, path: str, headers: Mapping[str, str] | None = None, body: bytes | None = None) -> Answer:
        """Ask once, and follow no redirect."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", body, dict(headers or {}))
        opener = urllib.request.build_opener(_Still)
        try:
            with opener.open(request, timeout=PATIENCE) as answer:
                return Answer(answer.status, _lower(answer.headers.items()), answer.read().decode(errors="replace"))
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, _lower(error.headers.items()), error.read().decode(errors="replace"))

    def say(self, head: str, parts: Iterable[bytes] = ()) -> Answer:
        """Send a head and then the parts of a body, and read the first answer, whenever it comes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE) as connection:
            connection.sendall(head.replace("\n", "\r\n").encode() + b"\r\n\r\n")
            for part in parts:
                connection.sendall(part)
            return read_answer(connection)


def _lower(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {name.lower(): value.strip() for name, value in headers}


class _Still(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def read_answer(connection: socket.socket) -> Answer:
    """Read an answer that says how long it is."""
    data = b""
    while b"\r\n\r\n" not in data:
        part = connection.recv(65536)
        assert part, data
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    headers = _lower((name, value) for name, _, value in (line.partition(":") for line in lines))
    while len(body) < int(headers.get("content-length", 0)):
        body += connection.recv(65536)
    return Answer(int(status.split()[1]), headers, body.decode())


@contextmanager
def web(*words: str, port: int = 0, **variables: str) -> Iterator[Web]:
    """Run the web server with further options and settings for as long as the block lasts."""
    port = port or free_port()
    options = ("--lifespan", "off", "--no-access-log", "--timeout-graceful-shutdown", "3", *words)
    command = (sys.executable, "-m", "uvicorn", "config.asgi:application", "--port", str(port), *options)
    log = HOME / "web-under-test.log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            command,
            env={**environment(), **variables, "PYTHONPATH": str(ROOT)},
            stdout=stream,
            stderr=stream,
            start_new_session=True,
        )
    running = Web(port, process)
    try:
        wait_for(lambda: _is_up(running), what=f"the web server, see {log}")
        yield running
    finally:
        kill(process)


def _is_up(server: Web) -> bool:
    assert server.process.poll() is None, server.log()
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", server.port)) == 0  # it listens once it can answer
