"""One returned mail's sheet: what all events made of it have in common."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from distributor.channels.mail.returns import message_parts
from distributor.channels.mail.returns.address import without_tokens
from distributor.channels.mail.returns.attribution import Attribution
from distributor.domain.returns import Kind, MailEvent


@dataclass(frozen=True, slots=True)
class Sheet:
    """`key` is the same whenever and whichever way the same mail comes in; `sender` is who wrote it."""

    attribution: Attribution
    key: str
    sender: str
    subject: str
    at: datetime

    def event(
        self,
        kind: Kind,
        source: str,
        *,
        email: str = "",
        part: str = "",
        same: bool = True,
        status: str = "",
        reason: str = "",
        at: str = "",
        raw: Mapping[str, str] | None = None,
    ) -> MailEvent:
        """Return one event. `part` tells the recipients of one mail apart, `at` is a date as mails write it."""
        identity = "\n".join((self.key, kind.value, (part or email).lower()))
        return MailEvent(
            kind=kind,
            source=source,
            event_id=hashlib.sha256(identity.encode("utf-8", "replace")).hexdigest()[:40],
            at=message_parts.moment(at, self.at) if at else self.at,
            email=email,
            dispatch=self.attribution.dispatch,
            subscriber=self.attribution.subscriber,
            status=status,
            reason=without_tokens(reason),
            raw={key: without_tokens(value) for key, value in {"subject": self.subject[:200], **(raw or {})}.items()},
            certain=self.attribution.certain,
            forwarded=not same,
        )


def key_of(raw: bytes, message_id: str) -> str:
    """Return what a mail is recognised by: its Message-ID, or without one its text, since trace headers differ."""
    if message_id:
        return message_id
    body = raw[: message_parts.SIZE].replace(b"\r\n", b"\n").partition(b"\n\n")[2]
    return hashlib.sha256(body).hexdigest()
