"""What is read from the body of a network's answer: anything may have come, so each of these makes do with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol


class Response(Protocol):
    """An answer of httpx or of requests."""

    def json(self) -> Any: ...


def json_object(response: Response) -> Mapping[str, Any]:
    """Return the object that an answer holds; an empty one for everything else."""
    try:
        return mapping(response.json())
    except ValueError:
        return {}


def mapping(value: object) -> Mapping[str, Any]:
    """Return an object; an empty one for everything else."""
    return value if isinstance(value, Mapping) else {}


def whole(value: object) -> int:
    """Return a whole number; 0 for everything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def moment(value: object) -> datetime | None:
    """Return a time in ISO 8601 that says its zone; None for everything else."""
    try:
        time = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return time if time.tzinfo else None
