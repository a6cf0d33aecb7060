"""What one process fetched or made a moment ago, so that no picture is fetched again for every channel."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sized
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T", bound=Sized)


class Recent(Generic[T]):
    """Things by key, for so many `seconds` and within so many `most_bytes`; the oldest go first. For threads too."""

    def __init__(self, *, seconds: float, most_bytes: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._most, self._clock = seconds, most_bytes, clock
        self._entries: OrderedDict[Hashable, tuple[float, T]] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def get(self, key: Hashable) -> T | None:
        """Return what is kept under a key; None for nothing, or nothing recent."""
        with self._lock:
            at, value = self._entries.get(key, (0.0, None))
            if value is not None and self._clock() - at >= self._seconds:
                self._drop(key)
                return None
            return value

    def keep(self, key: Hashable, value: T) -> T:
        """Keep a thing, unless it is larger than all that may be kept, and return it."""
        with self._lock:
            self._drop(key)
            if len(value) <= self._most:
                self._entries[key] = (self._clock(), value)
                self._bytes += len(value)
            while self._bytes > self._most:
                self._drop(next(iter(self._entries)))
        return value

    def _drop(self, key: Hashable) -> None:
        if key in self._entries:
            self._bytes -= len(self._entries.pop(key)[1])
