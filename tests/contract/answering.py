"""A network that says what a test wants it to say, and remembers what it was asked."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


@dataclass(frozen=True)
class Answer:
    """One answer; `body` is JSON unless it is a text."""

    status: int = 200
    body: object = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Scripted:
    """`asked` holds what came, as "METHOD path", and `bodies` what came with it."""

    url: str = ""
    asked: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)


@contextmanager
def answering(*answers: Answer) -> Iterator[Scripted]:
    """Give these answers one after the other, the last one again and again."""
    script, left = Scripted(), list(answers)

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            script.asked.append(f"{self.command} {self.path}")
            script.bodies.append(self.rfile.read(int(self.headers.get("Content-Length", "0"))))
            given = left.pop(0) if len(left) > 1 else left[0]
            content = given.body.encode() if isinstance(given.body, str) else json.dumps(given.body).encode()
            self.send_response(given.status)
            for name, value in {"Content-Length": str(len(content)), **given.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815 # as the base class looks for them

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        script.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield script
        finally:
            server.shutdown()
            thread.join()
