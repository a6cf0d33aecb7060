"""A receiver of webhooks on this machine: it opens them with the standard's own library, and answers as told."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook

HANG_UP = 0  # instead of a status


@dataclass(frozen=True)
class Received:
    """One call: its path, its headers in lower case, and its body."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    def opened(self, secret: str) -> Any:
        """What it says, where it is signed with this secret; raises WebhookVerificationError where it is not."""
        return Webhook(secret).verify(self.body, dict(self.headers))


@dataclass
class Receiver:
    """What came, and how calls to a path are answered: with statuses, used up one by one, and then 204.

    `held` are paths at which calls wait until `release` is set. `redirects` says where paths lead to.
    """

    url: str = ""
    answers: dict[str, list[int]] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)
    held: set[str] = field(default_factory=set)
    release: threading.Event = field(default_factory=threading.Event)
    received: list[Received] = field(default_factory=list)
    change: threading.Condition = field(default_factory=threading.Condition)

    def at(self, path: str) -> list[Received]:
        """The calls to a path."""
        return [call for call in self.received if call.path == path]

    def wait_for(self, count: int, path: str, seconds: float = 60.0) -> None:
        with self.change:
            assert self.change.wait_for(lambda: len(self.at(path)) >= count, seconds), self.received


@contextmanager
def receiver() -> Iterator[Receiver]:
    state = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            with state.change:
                state.received.append(Received(self.path, headers, body))
                answers = state.answers.get(self.path, [])
                status = answers.pop(0) if answers else 204
                state.change.notify_all()
            if self.path in state.held:
                state.release.wait(60)
            if status == HANG_UP:
                self.close_connection = True
                return
            self.send_response(status)
            for name, value in state.headers.items():
                self.send_header(name, value)
            if self.path in state.redirects:
                self.send_header("Location", state.redirects[self.path])
            self.end_headers()
            if status >= 400:
                said = json.loads(body)["data"].get("email", "")
                self.wfile.write(f"no {said}, since I say so to {self.headers['webhook-signature']}".encode())

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        state.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield state
        finally:
            state.release.set()
            server.shutdown()
            thread.join()
