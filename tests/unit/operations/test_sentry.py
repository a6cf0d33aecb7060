"""What a Sentry server is told, by the real client and a server that keeps what comes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from config import sentry
from distributor.domain.errors import BadSettings
from tests.patience import PATIENCE

ADDRESS = "ada@readers.example"
SECRET = "hunter2hunter2"
# Not whole in the program's source: from Python 3.13 on tracebacks show the lines of `python -c` as well.
SECRET_IN_PARTS = f"{SECRET[:7]!r} + {SECRET[7:]!r}"
# A process of its own: the client changes how a process logs, for good.
PROGRAM = f"""
import logging
import django
django.setup()
from django.test import Client
logging.getLogger("distributor.x").warning("before: %s", "{ADDRESS}")
try:
    address, password = "{ADDRESS}", {SECRET_IN_PARTS}
    raise ValueError("Key (email)=(" + address + ") token=" + password)
except ValueError:
    logging.getLogger("distributor.x").exception("Dispatch %s of %s", 12, address, extra={{"token": password}})
import config.health
from config import urls
def broken(request):
    raise RuntimeError("no view for " + request.GET["email"])
from django.urls import path
urls.urlpatterns.insert(0, path("broken", broken))
Client(raise_request_exception=False).post(
    "/broken?email={ADDRESS}",
    {{"password": {SECRET_IN_PARTS}}},
    headers={{"Cookie": "sessionid=" + {SECRET_IN_PARTS}, "Host": "localhost"}},
)
import sentry_sdk
sentry_sdk.flush(10)
"""


@pytest.fixture
def server() -> Iterator[tuple[str, list[str]]]:
    """A server that takes envelopes; yields its DSN and what came, as text."""
    came: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = zlib.decompress(body, 31)
            came.append(body.decode())
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        yield f"http://0123456789abcdef@127.0.0.1:{listening.server_port}/1", came
        listening.shutdown()


def test_errors_are_told_and_nothing_of_people(server: tuple[str, list[str]], tmp_path: Path) -> None:
    dsn, came = server
    environment = {
        **os.environ,
        "DISTRIBUTOR_HOME": str(tmp_path),
        "DISTRIBUTOR_SENTRY_DSN": dsn,
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, done.stderr
    text = "\n".join(came)
    assert ADDRESS not in text
    assert "ada%40" not in text
    assert SECRET not in text
    events = [json.loads(line) for line in text.splitlines() if '"exception"' in line]
    logged, requested = sorted(events, key=lambda event: str(event["exception"]["values"][-1]["type"]), reverse=True)
    assert logged["exception"]["values"][-1]["value"] == "Key (email)=(…) token=…"
    assert logged["level"] == "error"
    frame = logged["exception"]["values"][-1]["stacktrace"]["frames"][-1]
    assert "vars" not in frame
    assert [crumb["message"] for crumb in logged["breadcrumbs"]["values"]] == ["before: …"]
    assert requested["exception"]["values"][-1]["type"] == "RuntimeError"
    assert set(requested.get("request", ())) <= {"method"}
    assert not {"user", "server_name"} & (set(logged) | set(requested))


def test_off_without_a_server() -> None:
    sentry.start("")


def test_a_wrong_address_is_said_at_the_start() -> None:
    with pytest.raises(BadSettings, match="DISTRIBUTOR_SENTRY_DSN can't be understood"):
        sentry.start("not-an-address")


def test_a_missing_package_is_said_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentry_sdk", None)
    with pytest.raises(BadSettings, match=r"pip install 'distributor\[sentry\]'"):
        sentry.start("http://0123456789abcdef@127.0.0.1:1/1")
