"""One person a mail goes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Recipient:
    """What the recipient pass may read: templates see it as `recipient`.

    - `unsubscribe_url`: this recipient's own signed link; a POST to it unsubscribes at once (RFC 8058).
    - `token`: their signed token (`domain.signed_tokens`) in the return path and the mailto of List-Unsubscribe, "" for
      none.
    - `track`: their token in tracked links and pictures, "" for none.
    - `since`: in a digest, up to when they have had the letters (`domain.digests.moment_of`); else 0.
    """

    id: int
    email: str
    name: str = ""
    language: str = ""
    attributes: Mapping[str, Any] = field(default_factory=dict)
    unsubscribe_url: str = ""
    token: str = ""
    track: str = ""
    since: int = 0
