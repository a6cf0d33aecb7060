"""Waking workers, by the task's name and after commit. A wake-up that is lost costs seconds: the sweeper repeats it."""

from __future__ import annotations

import logging
from functools import cache, partial
from typing import Any

from celery import Celery
from django.conf import settings
from django.db import transaction
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


def after_commit(task: str, *args: Any) -> None:
    """Send the named task once the surrounding transaction is committed (at once where there is none)."""
    transaction.on_commit(partial(_send, task, args), robust=True)


@cache
def _client() -> Celery:
    client = Celery("distributor-client", set_as_current=False)
    client.config_from_object("django.conf:settings", namespace="CELERY")
    # A door must not hang while Redis is away: one try, then the sweeper sees to it.
    client.conf.broker_transport_options = {
        **settings.CELERY_BROKER_TRANSPORT_OPTIONS,
        "max_retries": 1,
        "interval_start": 0,
        "interval_step": 0,
    }
    return client


def _send(task: str, args: tuple[Any, ...]) -> None:
    try:
        _client().send_task(task, args=args, retry=False)
    except (KombuError, RedisError) as error:
        logger.warning("Redis is away, %s waits for the sweeper: %s", task, type(error).__name__)
