"""What comes back after a mail was accepted, whichever way it came: one vocabulary for bounces and complaints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any


class Kind(Enum):
    """What happened."""

    DELIVERED = "delivered"  # the recipient's own server has it
    DELAYED = "delayed"  # still being tried (RFC 3464 action “delayed”)
    SOFT_BOUNCE = "soft bounce"  # given up for a reason that may pass: 4.x.x
    HARD_BOUNCE = "hard bounce"  # refused for good: 5.x.x
    COMPLAINT = "complaint"  # “this is spam” (RFC 5965)
    UNSUBSCRIBE = "unsubscribe"
    OPEN = "open"
    CLICK = "click"


@dataclass(frozen=True, slots=True)
class MailEvent:
    """One thing that came back about one recipient.

    - `email`: the address it is about, "" where only the token says who it is.
    - `dispatch`, `subscriber`: from our token, None where it was lost on the way.
    - `status`: the enhanced status code (RFC 3463), "" where there is none.
    - `reason`: what was said, one line; `source`: which way it came (`dsn`, `arf`, `mailto`, `postmark`, …).
    - `event_id`: the same for the same event, however often it comes in: duplicates of a `source` are known by it.
    - `at` (aware): when it happened; `raw`: what is kept for support, no secrets.
    - `certain`: our token proves which mail it is about, or a provider that has proved who it is. Anyone can write what
      is not certain: it has no consequence, and is shown to a person.
    - `mail`: what came in, by its parts, where it is not certain: for the person who decides about it.
    - `forwarded`: it names another address than that mail went to: the end of a forward, or one of several people
      behind an address. So it does not say that the address itself is gone.
    """

    kind: Kind
    source: str
    event_id: str
    at: datetime
    email: str = ""
    dispatch: int | None = None
    subscriber: int | None = None
    status: str = ""
    reason: str = ""
    raw: Mapping[str, Any] = field(default_factory=dict)
    certain: bool = True
    forwarded: bool = False
    mail: Mapping[str, str] = field(default_factory=dict)
