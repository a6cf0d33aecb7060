"""A network that says what a test wants it to say, call by call."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Call:
    """One request as it came."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Say:
    """One answer. `hangup` cuts the connection instead."""

    status: int = 200
    body: object = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    hangup: bool = False


@dataclass
class Scripted:
    """The running server: its root URL, and every call that it got."""

    url: str
    calls: list[Call] = field(default_factory=list)

    @property
    def asked(self) -> list[str]:
        return [f"{call.method} {call.path.partition('?')[0]}" for call in self.calls]


@contextmanager
def scripted_http(judge: Callable[[Call], Say]) -> Iterator[Scripted]:
    """Serve on a free port; `judge` is asked about each call in turn."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            call = Call(self.command, self.path, dict(self.headers), body)
            running.calls.append(call)
            said = judge(call)
            if said.hangup:
                self.close_connection = True
                return
            content = said.body.encode() if isinstance(said.body, str) else json.dumps(said.body).encode()
            self.send_response(said.status)
            for name, value in {"Content-Length": str(len(content)), **said.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_DELETE = do_PUT = answer  # noqa: N815 # as http.server looks for them

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        running = Scripted(f"http://127.0.0.1:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield running
        finally:
            server.shutdown()
            thread.join()
