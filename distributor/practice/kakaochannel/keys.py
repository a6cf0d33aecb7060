"""Who asks the dealer: the HMAC signature that every request to it carries.

Source: https://developers.solapi.com/references/authentication/api-key
"""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import datetime, timedelta

from starlette.requests import Request

from distributor.practice import identities
from distributor.practice.store import Store, now

CHANNEL = "kakaochannel"
CLOCKS_APART = timedelta(minutes=15)
_HEADER = re.compile(r"HMAC-SHA256 apiKey=(\S+), date=(\S+), salt=(\S{12,64}), signature=([0-9a-f]{64})")


class BadSignature(Exception):
    """The request is nobody's; `code` is the dealer's word for why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def account(request: Request, store: Store) -> str:
    """Return whose request it is: "" the practice account's, "2" and so on a further one's. Raises BadSignature."""
    match = _HEADER.fullmatch(request.headers.get("authorization", ""))
    if match is None:
        raise BadSignature("Unauthorized")
    key, date, salt, signature = match.groups()
    owner = _owner(key)
    expected_signature = hmac.new(
        identities.SOLAPI_SECRET.encode(), f"{date}{salt}".encode(), hashlib.sha256
    ).hexdigest()
    if not hmac.compare_digest(expected_signature, signature):
        raise BadSignature("SignatureDoesNotMatch")
    try:
        apart = abs(datetime.fromisoformat(date) - now())
    except (ValueError, TypeError):
        raise BadSignature("RequestTimeTooSkewed") from None
    if apart > CLOCKS_APART:
        raise BadSignature("RequestTimeTooSkewed")
    if store.note(CHANNEL, f"signature:{signature}") is not None:
        raise BadSignature("DuplicatedSignature")
    store.keep(CHANNEL, f"signature:{signature}", {"at": date})
    return owner


def _owner(key: str) -> str:
    if key == identities.SOLAPI_KEY:
        return ""
    number = key.removeprefix(f"{identities.SOLAPI_KEY}-")
    if number == key or not (number.isascii() and number.isdigit()):
        raise BadSignature("InvalidAPIKey")
    return number
