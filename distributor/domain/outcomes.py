"""What a channel's answer means. Every adapter maps every answer into one of these five."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the channel answered: its own id for the thing, where it can be seen, and when it was accepted (aware).

    `raw` is the provider's answer with secrets removed, kept for support.
    """

    remote_id: str
    url: str = ""
    at: datetime | None = None
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The channel has it."""

    receipt: Receipt


@dataclass(frozen=True, slots=True)
class Rejected:
    """The channel refused for good: trying again without a change would be refused again.

    `reason` is a sentence for an editor; `code` the channel's own code (an enhanced SMTP status, a Graph code).
    """

    reason: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Deferred:
    """The channel certainly did not take it and may take it later. `retry_at` (aware) when the channel says when."""

    reason: str
    retry_at: datetime | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class Reconnect:
    """The account's authorisation ended: a person must connect it again."""

    reason: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """The request may have been carried out, but its answer was lost. Never repeated without a look or a person."""

    reason: str


Outcome = Accepted | Rejected | Deferred | Reconnect | Unconfirmed
