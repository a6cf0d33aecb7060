"""Feeds and hubs of the practice world are on this machine: only they may be, and only while it runs."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

from distributor import paths


def origins(*, practice: bool) -> tuple[str, ...]:
    """Return the origins that may be called though they are not public: the practice world's, for what is of it."""
    origin = _origin() if practice else ""
    return (origin,) if origin else ()


def is_practice(url: str) -> bool:
    """Whether an address is within the practice world that runs now."""
    origin = _origin()
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return bool(origin) and f"{parts.scheme}://{parts.netloc}" == origin


def _origin() -> str:
    try:
        return str(json.loads(paths.practice_description().read_text(encoding="utf-8"))["url"])
    except (OSError, ValueError, KeyError):
        return ""
