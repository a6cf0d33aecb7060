"""A web server on this machine that notes what comes and answers what a test says: a hub, a search engine."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

DROP = 0  # hang up without an answer


@dataclass
class Heard:
    """One request: a form's or JSON's values, and where it went."""

    path: str
    values: dict[str, Any]


@dataclass
class Recorder:
    """`answers` are used up one by one; when none is left, it is 204. An answer is a status, or one with headers."""

    url: str = ""
    answers: list[int | tuple[int, dict[str, str]]] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def wait_for(self, many: int, seconds: float = 30.0) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.heard) >= many, seconds), self.heard

    def topics(self) -> list[str]:
        """The feeds that a hub was told of."""
        return [one.values["hub.url"] for one in self.heard]


@contextmanager
def recorder() -> Iterator[Recorder]:
    known = Recorder()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            is_json = "json" in self.headers["Content-Type"]
            values = json.loads(body) if is_json else {key: one for key, [one] in parse_qs(body.decode()).items()}
            with known.changed:
                known.heard.append(Heard(self.path, values))
                answer = known.answers.pop(0) if known.answers else 204
                known.changed.notify_all()
            status, headers = answer if isinstance(answer, tuple) else (answer, {})
            if status == DROP:
                self.close_connection = True
                return
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            if status >= 400:
                self.wfile.write(b"no, since I say so")

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        known.url = f"http://127.0.0.1:{server.server_address[1]}/hub"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield known
        finally:
            server.shutdown()
            thread.join()
