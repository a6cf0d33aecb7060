"""Making what others sent fit to be stored: PostgreSQL takes no NUL and no half of a surrogate pair, columns end."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import Any

from distributor.domain.returns import MailEvent

RAW_LIMIT = 4000  # characters of JSON: what a person looks at
MAIL_LIMIT = 4000  # characters of each part of a mail that is not proven
_LARGEST = 2**63 - 1
_EVENT_ID = 200


def storable(event: MailEvent) -> MailEvent:
    """Return the event with every value clean and cut to its column."""
    event_id = text(event.event_id, len(event.event_id))
    if len(event_id) > _EVENT_ID:
        event_id = hashlib.sha256(event_id.encode()).hexdigest()
    email = text(event.email.strip(), 254)
    return replace(
        event,
        source=text(event.source, 32),
        event_id=event_id,
        email=email if "@" in email else "",
        dispatch=_number(event.dispatch),
        subscriber=_number(event.subscriber),
        status=text(event.status, 16),
        reason=text(" ".join(event.reason.split()), 500),
        raw=_raw(dict(event.raw)),
        mail={name: text(value, MAIL_LIMIT) for name, value in event.mail.items()},
    )


def text(value: str, length: int) -> str:
    """Return a text that PostgreSQL takes, cut to so many characters."""
    return value.replace("\0", "").encode("utf-8", "replace").decode("utf-8")[:length]


def _number(value: int | None) -> int | None:
    return value if value is not None and 0 < value <= _LARGEST else None


def _raw(raw: dict[str, Any]) -> dict[str, Any]:
    """Return JSON that can be stored; of what is too long, the beginning of each value."""
    whole = json.dumps(raw, default=str)
    if len(whole) > RAW_LIMIT:
        share = max(RAW_LIMIT // max(len(raw), 1), 20)
        whole = json.dumps({str(key)[:100]: str(value)[:share] for key, value in list(raw.items())[:100]})
    result: dict[str, Any] = _clean(json.loads(whole))
    return result


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return text(value, len(value))
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, dict):
        return {text(key, len(key)): _clean(item) for key, item in value.items()}
    return value
