"""What a network answered to each try of a post, for whoever has to find out why."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from distributor.delivery.models import Dispatch

WORDS = {
    "": "under way",
    "accepted": "accepted",
    "deferred": "not now",
    "rejected": "refused",
    "reconnect": "account refused",
    "unconfirmed": "answer lost",
}


@dataclass(frozen=True, slots=True)
class NetworkResponse:
    """One try: when it began (aware), what came of it, and the network's own answer as JSON, "" for none."""

    number: int
    at: datetime
    outcome: str
    reason: str
    code: str
    raw: str


def of(dispatch: Dispatch) -> list[NetworkResponse]:
    """Return the tries of a post, the first one first; nothing for mail."""
    tries = dispatch.attempts.filter(subscriber_id=None).order_by("number")
    receipt: Mapping[str, Any] = (dispatch.receipt or {}).get("raw") or {}
    return [
        NetworkResponse(
            attempt.number,
            attempt.started_at,
            WORDS.get(attempt.outcome, attempt.outcome),
            attempt.reason,
            attempt.code,
            _readable(receipt if attempt.outcome == "accepted" else attempt.raw),
        )
        for attempt in tries
    ]


def _readable(raw: Mapping[str, Any]) -> str:
    return json.dumps(raw, indent=2, ensure_ascii=False) if raw else ""
