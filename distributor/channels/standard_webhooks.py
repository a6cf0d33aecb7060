"""Standard Webhooks: secrets, and the three headers by which a receiver knows that a call is ours.

Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime

from standardwebhooks import Webhook

from distributor.channels.responses import is_token

PREFIX = "whsec_"
SHORTEST, LONGEST = 24, 64  # bytes of a secret: 192 to 512 bits
_SECRET_BYTES = 32


def new_secret() -> str:
    """Return a secret that nobody has."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def is_secret(value: str) -> bool:
    """Whether a value is a secret of the standard's form: `whsec_` and 24 to 64 bytes in base64."""
    if not is_token(value) or not value.startswith(PREFIX):
        return False
    try:
        key = base64.b64decode(value.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        return False
    return SHORTEST <= len(key) <= LONGEST


def headers(signing_secrets: Sequence[str], *, key: str, body: bytes, now: datetime) -> dict[str, str]:
    """Return the headers of one try at `now` (aware): signed with each secret, so that none is missed.

    The secrets are good ones, the newest first, and `key` has no full stop in it.
    """
    at = now.astimezone(UTC)
    signatures = [Webhook(secret).sign(key, at, body.decode()) for secret in signing_secrets]
    return {
        "webhook-id": key,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
