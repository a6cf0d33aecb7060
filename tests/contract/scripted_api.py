"""A web server that answers as a test wants it to: what the practice world never says."""

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
    """One answer; `body` is JSON, or text as it is. A `status` of 0 hangs up instead."""

    status: int = 200
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """One request that came."""

    what: str  # "POST /path"
    query: str
    headers: Mapping[str, str]
    content: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.content)


@dataclass
class Api:
    """`script` has a list of answers for each "VERB /path", used up one by one but for the last."""

    script: dict[str, list[Answer]]
    url: str = ""
    asked: list[Asked] = field(default_factory=list)

    def whats(self) -> list[str]:
        return [one.what for one in self.asked]

    def next(self, what: str) -> Answer:
        answers = self.script.get(what) or [Answer(404, {"error": f"unscripted: {what}"})]
        return answers.pop(0) if len(answers) > 1 else answers[0]


@contextmanager
def scripted(script: Mapping[str, Answer | list[Answer]]) -> Iterator[Api]:
    """Run the server for a block."""
    api = Api({what: list(answer) if isinstance(answer, list) else [answer] for what, answer in script.items()})

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            path, _, query = self.path.partition("?")
            content = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            what = f"{self.command} {path}"
            api.asked.append(Asked(what, query, dict(self.headers), content))
            answer = api.next(what)
            if not answer.status:
                self.close_connection = True
                return
            body = answer.body.encode() if isinstance(answer.body, str) else json.dumps(answer.body).encode()
            self.send_response(answer.status)
            for name, value in {"Content-Length": str(len(body)), **answer.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_DELETE = _answer  # noqa: N815 # as http.server wants them

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        api.url = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            yield api
        finally:
            server.shutdown()
            thread.join()
