"""Other parts in the product's ports, for the length of a test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from distributor.ports import NamedPort, Port

T = TypeVar("T")


@contextmanager
def replaced(port: Port[T], part: T) -> Iterator[None]:
    """Put another part in for the block; the port may have been empty."""
    before, port._part = port._part, part
    try:
        yield
    finally:
        port._part = before


@contextmanager
def added(port: NamedPort[T], name: str, part: T) -> Iterator[None]:
    """Put a further part in for the block."""
    before = dict(port._parts)
    port.fill(name, part)
    try:
        yield
    finally:
        port._parts = before
