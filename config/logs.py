"""What a log line is, wherever it comes from: ours, Django's, Celery's, uvicorn's and other libraries' are made alike.

Modules log by the standard library. One handler formats every record by structlog's processors: the ids that a worker
is at (bound by `structlog.contextvars`) are added, addresses and secrets are taken out, and the line is written for
people or as JSON.
"""

from __future__ import annotations

import logging
import sys
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from config.redaction import redact_value

LEVELS = ("info", "debug", "warning", "error")  # the first one is the default
FORMATS = ("console", "json")  # here too
_NOISE = ("color_message", "data", "request")  # uvicorn's, Celery's and Django's
_META_KEYS = frozenset({"_record", "_from_structlog"})  # ProcessorFormatter's, taken out before the line is written


def logging_settings(*, level: str, style: str) -> dict[str, Any]:
    """Return Django's LOGGING for a level and a format, and have structlog's own loggers and warnings join in."""
    logging.captureWarnings(True)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_context_processors(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    level = level.upper()
    # Libraries tell of their troubles only, unless someone looks for one.
    library_level = level if level in {"DEBUG", "ERROR"} else "WARNING"
    logger_settings = {"level": level, "handlers": [], "propagate": True}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": "structlog.stdlib.ProcessorFormatter",
                "foreign_pre_chain": [structlog.stdlib.ExtraAdder(), _without_noise, *_context_processors()],
                "processors": _line_processors(style),
            },
        },
        "handlers": {"console": {"()": "config.logs.Console", "formatter": "structured"}},
        "root": {"handlers": ["console"], "level": library_level},
        "loggers": {
            "distributor": {"level": level},
            "config": {"level": level},
            "celery": logger_settings,
            # Two lines a task are sixty a minute for the tick alone.
            "celery.app.trace": {"level": library_level},
            "celery.worker.strategy": {"level": library_level},
            "celery.beat": {"level": library_level},
            # uvicorn gives these handlers of its own, before it loads us.
            "uvicorn": logger_settings,
            "uvicorn.error": logger_settings,
            # A line a request, with the reader's network address: that is for the web server in front.
            "uvicorn.access": {**logger_settings, "level": library_level},
            "django": {"level": library_level, "handlers": [], "propagate": True},
            "django.server": {"level": library_level, "handlers": [], "propagate": True},
            # It would name what was typed as a name, which may be a password.
            "axes": {"level": "CRITICAL"},
            # httpx logs whole URLs at INFO, and some networks want tokens in them.
            "httpx": {"level": "WARNING"},
            "httpcore": {"level": "WARNING"},
        },
    }


class Console(logging.StreamHandler[TextIO]):
    """Writes lines on stderr. A line that can't be made is named, and not shown: it was not cleaned yet."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Say where a line could not be made, and why."""
        error = sys.exception()
        try:
            self.stream.write(f"A line of {record.name} could not be written: {type(error).__name__}\n")
            self.stream.flush()
        except (OSError, ValueError):
            pass  # stderr is gone


def without_secrets(_logger: WrappedLogger, _method: str, event_dict: EventDict) -> EventDict:
    """Take addresses and secrets out of all that is in a line: message, arguments, extra values, traceback."""
    return {key: value if key in _META_KEYS else redact_value(value, name=key) for key, value in event_dict.items()}


def _context_processors() -> list[Processor]:
    """Return what adds to a line, and makes texts of its objects."""
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
    ]


def _without_noise(_logger: WrappedLogger, _method: str, event_dict: EventDict) -> EventDict:
    """Leave out what libraries add for handlers of their own: an object, or the message once more."""
    for key in _NOISE:
        event_dict.pop(key, None)
    return event_dict


def _line_processors(style: str) -> list[Processor]:
    """Return what makes the line itself."""
    clean: list[Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, without_secrets]
    if style == "json":
        return [*clean, structlog.processors.JSONRenderer(ensure_ascii=False)]
    console = structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(),
        pad_event_to=0,
        sort_keys=False,
        exception_formatter=structlog.dev.plain_traceback,
    )
    return [*clean, _in_one_line, console]


def _in_one_line(_logger: WrappedLogger, _method: str, event_dict: EventDict) -> EventDict:
    """Keep a message from being taken for several lines: some of it may come from outside."""
    event_dict["event"] = "\\n".join(str(event_dict.get("event", "")).splitlines())
    return event_dict
