"""Web, worker and beat write their lines alike: one JSON object each, with the ids of what they are at."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import redis
from django.db import connection

from distributor.domain.letters import Draft
from tests.integration import processes, world
from tests.integration.processes import HOME, wait_for

pytestmark = pytest.mark.django_db(transaction=True)
KEYS = {"event", "level", "logger", "timestamp"}


@pytest.fixture(autouse=True)
def _as_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISTRIBUTOR_LOG_FORMAT", "json")
    monkeypatch.setenv("DISTRIBUTOR_LOG_LEVEL", "info")


def lines_of(path: Path) -> list[dict[str, Any]]:
    """Return a log's lines; each has to be one object."""
    read = [json.loads(line) for line in path.read_text().splitlines()]
    assert all(set(line) >= KEYS for line in read)
    return read


def has(path: Path, true: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Wait for a line and return it."""

    def look() -> dict[str, Any] | None:
        whole = path.read_text().rpartition("\n")[0] if path.exists() else ""
        return next((line for line in map(json.loads, filter(None, whole.splitlines())) if true(line)), None)

    return dict(wait_for(look, what=f"a line in {path.name}"))


def test_a_worker_says_what_it_is_at(draft: Draft, broker: redis.Redis) -> None:
    (dispatch,) = world.queue(world.make_letter(draft), "link")
    with connection.cursor() as cursor:  # so that it breaks in the middle of the work
        cursor.execute("ALTER TABLE letters_page RENAME TO letters_page_gone")
    try:
        with processes.worker("lines"), processes.beat():
            line = has(HOME / "lines.log", lambda line: "exception" in line)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE letters_page_gone RENAME TO letters_page")
    assert line["task"] == "delivery.post"
    assert line["dispatch_id"] == dispatch.pk
    assert "ProgrammingError" in line["exception"]
    assert not [line for line in lines_of(HOME / "lines.log") if "Scheduler: Sending" in line["event"]]


def test_the_web_server_too(broker: redis.Redis) -> None:
    log = HOME / "web-lines.log"
    with log.open("wb") as file:
        web = subprocess.Popen(
            [sys.executable, "-m", "uvicorn", "config.asgi:application", "--port", "0", "--lifespan", "off"],
            env=processes.environment(),
            stdout=file,
            stderr=file,
            start_new_session=True,
        )
    try:
        line = has(log, lambda line: "Uvicorn running on" in line["event"])
    finally:
        processes.kill(web)
    assert line["logger"] == "uvicorn.error"
    assert lines_of(log)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("DISTRIBUTOR_LOG_FORMAT", "xml", "it has to be console or json"),
        ("DISTRIBUTOR_LOG_LEVEL", "loud", "it has to be info, debug, warning or error"),
        ("DISTRIBUTOR_METRICS_TOKEN", "short", "has to have 16 characters or more"),
    ],
)
def test_a_wrong_setting_is_said_at_the_start(name: str, value: str, sentence: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import config.settings"],
        env={**os.environ, name: value},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode
    assert sentence in done.stderr
