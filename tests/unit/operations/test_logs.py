"""What a line looks like, by the real configuration of each setting."""

from __future__ import annotations

import io
import json
import logging
import logging.config
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog
from django.conf import settings
from structlog.contextvars import bound_contextvars

from config.logs import FORMATS, logging_settings

ADDRESS = "ada@readers.example"
SECRET = "hunter2hunter2"
Lines = Callable[..., io.StringIO]


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[Lines]:
    """Set logs up as the settings do and return where they go; afterwards as it was."""

    def set_up(*, level: str = "info", style: str = "console") -> io.StringIO:
        stream = io.StringIO()
        monkeypatch.setattr("sys.stderr", stream)
        logging.config.dictConfig(logging_settings(level=level, style=style))
        return stream

    yield set_up
    monkeypatch.undo()
    logging.config.dictConfig(settings.LOGGING)


def told(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_json_has_one_object_a_line_with_what_the_worker_is_at(lines: Lines) -> None:
    stream = lines(style="json")
    with bound_contextvars(dispatch_id=12, account_id=3, attempt_id=7):
        logging.getLogger("distributor.delivery").info("Posted %s of %s", 1, 2, extra={"parts": 4})
    logging.getLogger("distributor.delivery").warning("Two\nlines")
    first, second = told(stream)
    assert first.pop("timestamp").endswith("Z")
    assert first == {
        "event": "Posted 1 of 2",
        "level": "info",
        "logger": "distributor.delivery",
        "dispatch_id": 12,
        "account_id": 3,
        "attempt_id": 7,
        "parts": 4,
    }
    assert second["event"] == "Two\nlines"
    assert "dispatch_id" not in second


def test_what_libraries_add_for_themselves_is_left_out(lines: Lines) -> None:
    stream = lines(style="json")
    noise = {"request": object(), "color_message": "\033[1mx", "data": {"args": "[1]"}}
    logging.getLogger("django.request").error("Not Found: %s", "/x", extra={**noise, "status_code": 404})
    (line,) = told(stream)
    assert set(line) == {"event", "level", "logger", "timestamp", "status_code"}


def test_the_console_is_for_people(lines: Lines) -> None:
    stream = lines()
    with bound_contextvars(dispatch_id=12):
        logging.getLogger("distributor.delivery").warning("Two\nlines")
    (line,) = stream.getvalue().splitlines()
    assert "[warning  ] Two\\nlines [distributor.delivery] dispatch_id=12" in line


@pytest.mark.parametrize("style", FORMATS)
@pytest.mark.parametrize("name", ["distributor.x", "django.request", "celery.app.trace", "uvicorn.error", "a_library"])
def test_no_address_and_no_secret_whatever_logs_it(lines: Lines, style: str, name: str) -> None:
    stream = lines(style=style)
    logger = logging.getLogger(name)
    logger.error(f"in the message {ADDRESS} token={SECRET}")
    logger.error("in arguments %s %s", ADDRESS, {"access_token": SECRET})
    logger.error("in extras", extra={"who": ADDRESS, "password": SECRET, "deep": [{"who": ADDRESS, "token": SECRET}]})
    with bound_contextvars(who=ADDRESS, secret=SECRET):
        logger.error("in what is bound")
    try:
        _fail()
    except ValueError:
        logger.exception("in tracebacks")
    logger.error("in the stack", stack_info=True)
    text = stream.getvalue()
    assert ADDRESS not in text
    assert SECRET not in text
    for what in ("the message", "arguments", "extras", "what is bound", "tracebacks", "the stack"):
        assert f"in {what}" in text
    assert "ValueError: Key (email)=(…)" in text
    assert "KeyError: 'smtp://…@relay.example'" in text


def _fail() -> None:
    try:
        os.environ[f"smtp://u:{SECRET}@relay.example"]
    except KeyError as error:
        raise ValueError(f"Key (email)=({ADDRESS})") from error


def test_loggers_of_structlog_itself_join_in(lines: Lines) -> None:
    stream = lines(style="json")
    structlog.get_logger("distributor.native").info("hello", who=ADDRESS, token=SECRET)
    (line,) = told(stream)
    assert (line["event"], line["who"], line["token"]) == ("hello", "…", "…")


def test_a_line_that_cant_be_made_is_not_shown_as_it_is(lines: Lines) -> None:
    stream = lines()
    logging.getLogger("distributor.x").warning("%s %s", ADDRESS)
    assert stream.getvalue() == "A line of distributor.x could not be written: TypeError\n"


@pytest.mark.parametrize(
    ("level", "shown"),
    [
        ("debug", {"distributor.x": "DIWE", "celery.beat": "DIWE", "a_library": "DIWE", "httpx": "WE"}),
        ("info", {"distributor.x": "IWE", "celery.worker": "IWE", "celery.beat": "WE", "uvicorn.access": "WE"}),
        ("info", {"uvicorn.error": "IWE", "django.request": "WE", "a_library": "WE"}),
        ("warning", {"distributor.x": "WE", "celery.worker": "WE", "uvicorn.error": "WE", "a_library": "WE"}),
        ("error", {"distributor.x": "E", "celery.worker": "E", "django.request": "E", "a_library": "E"}),
    ],
)
def test_the_level_is_a_setting(lines: Lines, level: str, shown: dict[str, str]) -> None:
    stream = lines(level=level, style="json")
    for name in shown:
        for number in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR):
            logging.getLogger(name).log(number, "x")
    for name, letters in shown.items():
        levels = [line["level"][0].upper() for line in told(stream) if line["logger"] == name]
        assert "".join(levels) == letters
