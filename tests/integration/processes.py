"""Real processes for tests: Celery workers, beat and the practice world, ended by their own number."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.db import connection

from tests.integration import forked
from tests.patience import PATIENCE

HOME = Path(os.environ["DISTRIBUTOR_HOME"])


def wait_for(condition: Callable[[], Any], *, seconds: float = PATIENCE, what: str = "") -> Any:
    """Return the condition's first true value; fail with `what` when it stays false for so long.

    Name `seconds` where they are the promise; else they only say that something hangs, on however busy a machine.
    """
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what or condition}")
        time.sleep(0.02)


def has_mails(practice: Practice, goal: int) -> bool:
    """Whether so many mails have arrived in the practice world."""
    return practice.counts()["mail"] >= goal


def environment() -> dict[str, str]:
    """Return the environment in which a process uses the test's own database."""
    settings = connection.settings_dict
    url = f"postgresql://{settings['USER']}@/{settings['NAME']}?host={quote(settings['HOST'], safe='')}"
    return {
        **os.environ,
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DISTRIBUTOR_LEASE_SECONDS": "3",
        "PYTHONUNBUFFERED": "1",
    }


@contextmanager
def _process(name: str, *words: str, more: Mapping[str, str] | None = None) -> Iterator[int]:
    log = HOME / f"{name}.log"
    streams = forked.Streams(stdout=log, stderr=log)
    process = forked.start(forked.Program(words, {**environment(), **(more or {})}, streams, own_group=True))
    assert process.pid
    try:
        yield process.pid
    finally:
        kill(process)


def kill(process: ForkServerProcess | subprocess.Popen[bytes]) -> None:
    """End a process and its children at once, as the kernel would for want of memory."""
    assert process.pid
    with suppress(ProcessLookupError):  # it has ended already, or has no group of its own yet
        os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait() if isinstance(process, subprocess.Popen) else process.join()


@contextmanager
def worker(name: str = "worker", *, concurrency: int = 2, more: Mapping[str, str] | None = None) -> Iterator[int]:
    """A Celery worker with its pool processes, which are a process group of this number; `more` is environment."""
    options = (f"--concurrency={concurrency}", f"--hostname={name}@test", "--without-mingle")
    with _process(name, "celery", "--quiet", "-A", "tasks", "worker", *options, more=more) as group:
        yield group


@contextmanager
def beat(*, more: Mapping[str, str] | None = None) -> Iterator[None]:
    """Celery beat: the release tick and the sweeper."""
    words = ("celery", "--quiet", "-A", "tasks", "beat", f"--schedule={HOME / 'beat'}", "--pidfile=")
    with _process("beat", *words, more=more):
        yield


class Practice:
    """The practice world's JSON interface."""

    def __init__(self, url: str) -> None:
        self.url = url

    def reset(self) -> None:
        self._call("/api/all", method="DELETE")

    def fault(self, channel: str, fault: str, times: int = 1) -> None:
        self._call("/faults", {"channel": channel, "fault": fault, "times": times})

    def age(self, channel: str, *, hours: float) -> None:
        """Let the tokens that a network has given out be so many hours older than they are."""
        self._call("/api/tokens", {"channel": channel, "hours": hours})

    def counts(self) -> dict[str, int]:
        return dict(self._call("/api/counts"))

    def posts(self, channel: str) -> list[dict[str, Any]]:
        return list(self._call(f"/api/posts?channel={channel}")["posts"])

    def publish(self, title: str, html: str = "", **values: str) -> str:
        """Have the practice newsroom publish a letter; return its address."""
        html = html or f"<p>Dear neighbours,</p><p>This is {title}.</p>"
        return str(self._call("/newsroom/letters", {"title": title, "html": html, **values})["url"])

    def subscribers(self) -> int:
        """Return how many are subscribed to the practice newsroom's feed."""
        return int(self._call("/newsroom/hub")["subscribers"])

    def _call(self, path: str, body: Any = None, method: str | None = None) -> Any:
        request = urllib.request.Request(
            self.url + path,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def opened(self, mail_id: int) -> dict[str, Any]:
        """Return a caught mail with its headers and both bodies."""
        return dict(self._call(f"/api/mail/{mail_id}"))

    def mails(self) -> list[dict[str, Any]]:
        """Return every caught mail, as the list shows it."""
        found: list[dict[str, Any]] = []
        while True:
            page = self._call(f"/api/mail?limit=500&offset={len(found)}")
            found.extend(page["mails"])
            if not page["mails"]:
                return found
