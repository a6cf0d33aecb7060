"""Ports: what a lower room needs of an upper one, which it may not import.

The lower room declares a port beside the type that it needs; the upper one fills it in its app's `ready()`. Whatever
uses a port before that, such as a script without `django.setup()`, hears which part is missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic, TypeVar

T = TypeVar("T")


class PortEmpty(RuntimeError):
    """A port is used that nobody has filled: the application was not set up."""


class Port(Generic[T]):
    """A place for exactly one part of type `T`. `name` says what is needed, for whoever meets it empty."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._part: T | None = None

    def fill(self, part: T) -> None:
        """Put the part in, or another one in its place."""
        self._part = part

    def get(self) -> T:
        """Return the part. Raises PortEmpty where there is none yet."""
        if self._part is None:
            raise PortEmpty(f"Nothing fills the port for {self._name}: run django.setup() first.")
        return self._part


class NamedPort(Generic[T]):
    """A place for any number of parts of type `T`, each under the name of the app that brings it. Empty is fine."""

    def __init__(self) -> None:
        self._parts: dict[str, T] = {}

    def fill(self, name: str, part: T) -> None:
        """Put a part in under its name, or another one in its place."""
        self._parts[name] = part

    def get(self) -> Mapping[str, T]:
        """Return the parts by name, in alphabetical order."""
        return dict(sorted(self._parts.items()))
