"""Waiting for something to become true, and giving up with a sentence."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")
LOOK_AGAIN_SECONDS = 0.02


def wait_for(
    condition: Callable[[], T], *, seconds: float, description: str, interval: float = LOOK_AGAIN_SECONDS
) -> T:
    """Return the condition's first true value. Raises SystemExit with `description` where there is none in time."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise SystemExit(f"Not within {seconds:g} s: {description}.")
        time.sleep(interval)
    return value


def free_port() -> int:
    """Return a port of this machine that is free right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def greets(port: int) -> bool:
    """Whether an SMTP server on this port says hello."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
        greeting = connection.recv(512)
        connection.sendall(b"QUIT\r\n")
        return greeting.startswith(b"220")
    return False
