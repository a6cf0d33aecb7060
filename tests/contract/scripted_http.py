"""A web server that answers as a test wants it to, and remembers what it was asked: what the practice world never says.

One of three says what comes: `answering` gives answers in turn, `answering_at` for each address, and for all else
`scripted_http` asks a function.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Call:
    """One request as it came; `path` has its query."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def what(self) -> str:
        """The method and the path, without its query."""
        return f"{self.method} {self.path.partition('?')[0]}"

    @property
    def query(self) -> str:
        return self.path.partition("?")[2]

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Answer:
    """One answer; `body` is JSON, or a text as it is. It has no Date but one of its own."""

    status: int = 200
    body: object = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


HANGS_UP = Answer(0)  # cuts the connection instead


@dataclass
class Scripted:
    """The running server: its root URL, and every call that it got."""

    url: str
    calls: list[Call] = field(default_factory=list)

    @property
    def asked(self) -> list[str]:
        """What was called, each as "METHOD /path"."""
        return [call.what for call in self.calls]

    def times(self, known: str) -> int:
        """Return how often an address was asked, by "METHOD end-of-path"."""
        return sum(_is_at(call, known) for call in self.calls)


@contextmanager
def scripted_http(judge: Callable[[Call], Answer]) -> Iterator[Scripted]:
    """Serve on a free port; `judge` is asked about each call in turn."""

    class Handler(BaseHTTPRequestHandler):
        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except ConnectionError:
                pass  # the client may leave whenever it likes

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            call = Call(self.command, self.path, dict(self.headers), body)
            running.calls.append(call)
            said = judge(call)
            if said == HANGS_UP:
                self.close_connection = True
                return
            content = said.body.encode() if isinstance(said.body, str) else json.dumps(said.body).encode()
            self.send_response_only(said.status)
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


def answering(*answers: Answer) -> AbstractContextManager[Scripted]:
    """Give these answers one after the other, the last one again and again."""
    left = list(answers)
    return scripted_http(lambda _call: _next(left))


def answering_at(answers: Mapping[str, Answer | Sequence[Answer]]) -> AbstractContextManager[Scripted]:
    """Give each address its answers, by "METHOD end-of-path", one after the other, the last one again and again."""
    left = {known: [one] if isinstance(one, Answer) else list(one) for known, one in answers.items()}

    def judge(call: Call) -> Answer:
        scripted = next((listed for known, listed in left.items() if _is_at(call, known)), None)
        return _next(scripted) if scripted else Answer(404, {"error": {"message": f"unscripted: {call.what}"}})

    return scripted_http(judge)


def _is_at(call: Call, known: str) -> bool:
    method, _, end = known.partition(" ")
    return call.method == method and call.what.endswith(end)


def _next(answers: list[Answer]) -> Answer:
    return answers.pop(0) if len(answers) > 1 else answers[0]
