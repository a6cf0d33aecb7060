"""A web server that answers each address with what a test wants, and notes what it was asked."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

HANGS_UP = object()


@dataclass
class Answer:
    """An answer: JSON with a status and headers; HANGS_UP as its body drops the connection."""

    body: object
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Scripted:
    """The running server. `answers` are by "METHOD end-of-path", used one after the other, the last one again."""

    url: str
    answers: dict[str, list[Answer]]
    asked: list[str] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)

    def next(self, method: str, path: str) -> Answer:
        for known, answers in self.answers.items():
            verb, _, end = known.partition(" ")
            if verb == method and path.partition("?")[0].endswith(end):
                return answers.pop(0) if len(answers) > 1 else answers[0]
        return Answer({"error": {"message": f"Nothing is scripted for {method} {path}", "code": 100}}, 400)

    def times(self, known: str) -> int:
        """Return how often an address was asked, by "METHOD end-of-path"."""
        verb, _, end = known.partition(" ")
        asked = (one.partition("?")[0] for one in self.asked)
        return sum(one.startswith(f"{verb} ") and one.endswith(end) for one in asked)


@contextmanager
def answering(answers: Mapping[str, Answer | list[Answer]]) -> Iterator[Scripted]:
    """Run a server for the block."""

    class Handler(BaseHTTPRequestHandler):
        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except ConnectionError:
                pass  # the client may leave whenever it likes

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            scripted.asked.append(f"{self.command} {self.path}")
            scripted.bodies.append(body.decode("utf-8", "replace"))
            answer = scripted.next(self.command, self.path)
            if answer.body is HANGS_UP:
                self.close_connection = True
                return
            content = json.dumps(answer.body).encode()
            self.send_response_only(answer.status)  # without a Date of its own
            for name, value in {"Content-Length": str(len(content)), **answer.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_DELETE = _answer  # noqa: N815 # as http.server calls them

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    listed = {known: list(one) if isinstance(one, list) else [one] for known, one in answers.items()}
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        scripted = Scripted(f"http://127.0.0.1:{server.server_address[1]}", listed)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield scripted
        finally:
            server.shutdown()
            thread.join()
