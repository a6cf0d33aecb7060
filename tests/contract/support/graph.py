"""What Meta's two networks say, for the tests of both."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.contract.scripted_http import Answer


def failing(code: int, status: int = 400, **more: Any) -> Answer:
    """Return an error as both write it."""
    return Answer(status, {"error": {"message": f"(#{code}) something", "code": code, "fbtrace_id": "Tr4ce", **more}})


def dated(at: datetime) -> dict[str, str]:
    """Return the header with which an answer says what time it is there."""
    return {"Date": at.strftime("%a, %d %b %Y %H:%M:%S GMT")}
