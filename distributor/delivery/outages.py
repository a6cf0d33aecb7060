"""Outages of PostgreSQL, as a worker with mails under way meets them."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection

logger = logging.getLogger(__name__)

AWAY = (OperationalError, InterfaceError)
PATIENCE = 900.0  # seconds; a restart, a failover or a full disk is over by then, or a person knows
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0

T = TypeVar("T")


def outlast(act: Callable[[], T], *, what: str, patience: float = PATIENCE) -> T:
    """Return what `act` returns; while PostgreSQL is away, try again on a new connection.

    For what must not be lost because it happened already: mails that were accepted. `act` must be safe to repeat.
    Raises the last error once `patience` (seconds) is used up.
    """
    began, pause = time.monotonic(), _FIRST_PAUSE
    while True:
        try:
            return act()
        except AWAY as error:
            if time.monotonic() - began > patience:
                raise
            logger.warning("PostgreSQL is away, %s waits: %s", what, type(error).__name__)
            connection.close()
            time.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
