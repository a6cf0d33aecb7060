"""The key of a post's record: made here, so that the same intent can't make two posts.

The lexicon of app.bsky.feed.post asks for a TID (https://atproto.com/specs/tid): 64 bits as 13 characters that sort
like the number. From the top: a zero, 53 bits of microseconds, 10 bits that tell writers apart.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, timedelta

from distributor.channels.base import Intent

_DIGITS = "234567abcdefghijklmnopqrstuvwxyz"
_LENGTH = 13
_SPREAD = 900_000  # of the microseconds in a second; the rest is for a thread's parts


def record_key(intent: Intent, number: int) -> str:
    """Return the key of an intent's post `number` (from 1), the same one at every attempt.

    Its second is that of the first try, as other programs expect of a TID; all else comes from the intent's key. The
    posts of a thread follow each other.
    """
    digest = int.from_bytes(hashlib.sha256(intent.key.encode()).digest()[:8], "big")
    micros = int(intent.first_tried_at.timestamp()) * 1_000_000 + (digest >> 10) % _SPREAD + number
    value = micros << 10 | digest & 0x3FF
    return "".join(_DIGITS[value >> 5 * place & 31] for place in reversed(range(_LENGTH)))


def created_at(intent: Intent, number: int) -> str:
    """Return the time that a post says it was made: that of the first try, so that a repeat is the very same record."""
    moment = intent.first_tried_at.astimezone(UTC) + timedelta(milliseconds=number - 1)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
