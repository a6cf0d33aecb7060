"""Web, worker and beat write their lines alike: one JSON object each, with the ids of what they are at."""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest
import redis
from django.db import connection, transaction
from structlog import contextvars

from distributor.delivery.models import Attempt, Batch
from distributor.delivery.transitions import locked, move
from distributor.domain.letters import Draft
from distributor.domain.outcomes import Accepted, Outcome, Receipt
from distributor.domain.recipients import Recipient
from distributor.domain.states import Event
from tests.integration import processes, world
from tests.integration.conftest import ScriptedChannel
from tests.integration.processes import HOME, wait_for
from tests.patience import PATIENCE

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
    assert line["attempt_id"] == Attempt.objects.get().pk
    assert "ProgrammingError" in line["exception"]
    assert not [line for line in lines_of(HOME / "lines.log") if "Scheduler: Sending" in line["event"]]


def test_a_mail_worker_says_which_batch_and_what_became_of_it(
    draft: Draft, mail_channel: ScriptedChannel, caplog: pytest.LogCaptureFixture, broker: redis.Redis
) -> None:
    letter = world.make_letter(draft)
    world.connect(letter.publication, "letterbox")
    bound: list[Mapping[str, Any]] = []

    def answer(_: Recipient | None) -> Outcome:
        bound.append(contextvars.get_contextvars())
        return Accepted(Receipt("1"))

    mail_channel.answer = answer
    (dispatch,) = world.queue(letter, "letterbox", lists=[world.make_list(letter.publication, 1)])
    with caplog.at_level(logging.INFO, "distributor.delivery.transitions"):
        world.work(dispatch)
    batch = Batch.objects.get()
    assert bound == [{"account_id": dispatch.account_id, "letter_id": letter.pk, "batch_id": batch.pk}]
    assert contextvars.get_contextvars() == {}
    record = caplog.records[-1]
    assert record.getMessage() == f"Dispatch {dispatch.pk} is sent after “accept”"
    assert vars(record)["letter_id"] == letter.pk


def test_what_was_taken_back_is_not_told(draft: Draft, caplog: pytest.LogCaptureFixture, broker: redis.Redis) -> None:
    """A line says what is so: a transaction that fails changed nothing."""
    (dispatch,) = world.queue(world.make_letter(draft), "link")
    with caplog.at_level(logging.INFO, "distributor.delivery.transitions"), transaction.atomic():
        move(locked(dispatch.pk), Event.CANCEL)
        transaction.set_rollback(True)
    assert "is cancelled" not in caplog.text


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
        address = re.findall(r"http://[\d.:]+", line["event"])[0]
        with pytest.raises(HTTPError, match="503"):
            urllib.request.urlopen(f"{address}/readyz", timeout=10)
        trouble = has(log, lambda line: "Not ready" in line["event"])
    finally:
        processes.kill(web)
    assert line["logger"] == "uvicorn.error"
    assert trouble["event"] == "Not ready, tick: there was none yet"
    assert not [line for line in lines_of(log) if "/readyz" in line["event"] or line["level"] == "error"]


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
        timeout=PATIENCE,
    )
    assert done.returncode
    assert sentence in done.stderr
