"""Mails that come back to this installation, for tests: the samples with a mark that it has signed."""

from __future__ import annotations

from distributor.audience.signed_tokens import recipient_tokens
from tests.conftest import SAMPLES
from tests.unit.returns.installation import TOKEN

DOMAIN = "return.lantern.example"


def mail(
    name: str = "postfix.eml", *, dispatch: int = 7, subscriber: int = 12, number: int = 0, email: str = ""
) -> bytes:
    """Return a sample about this recipient; `number` makes another report of it."""
    raw = (SAMPLES / "returns" / name).read_bytes()
    raw = raw.replace(TOKEN.upper().encode(), TOKEN.encode())
    raw = raw.replace(TOKEN.encode(), recipient_tokens().write(dispatch, subscriber).encode())
    raw = raw.replace(b"gone@inbox.example", (email or "gone@inbox.example").encode())
    return raw.replace(b"@mx.relay.example>", b".%d@mx.relay.example>" % number)
