"""One returned mail's sheet: what all events made of it have in common."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from email.message import Message

from distributor.channels.mail.returns import message_parts
from distributor.channels.mail.returns.address import without_tokens
from distributor.channels.mail.returns.attribution import Attribution
from distributor.domain.returns import Kind, MailEvent


@dataclass(frozen=True, slots=True)
class Sheet:
    """`key` is the same whenever and whichever way the same mail comes in; `sender` is who wrote it.

    An event is the same one where it is about the same person and as well proven: a copy that proves nothing, which
    anyone may have sent before, must not stand in for the one that does. `excerpt` makes what a person sees of the mail
    where it is not proven.
    """

    attribution: Attribution
    key: str
    sender: str
    subject: str
    at: datetime
    excerpt: Callable[[], Mapping[str, str]] = dict

    def unproven(self) -> Sheet:
        """Return the sheet of a mail that says of whom it is, and whose writer is not to be believed."""
        return replace(self, attribution=replace(self.attribution, certain=False))

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
        about = (self.attribution.dispatch, self.attribution.subscriber, self.attribution.certain)
        identity = "\n".join((self.key, kind.value, (part or email).lower(), *map(str, about)))
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
            mail={} if self.attribution.certain else self.excerpt(),
        )


def key_of(raw: bytes, message: Message) -> str:
    """Return what a mail is recognised by: its Message-ID, or without one what its writer wrote.

    Trace headers differ between two ways that the same mail takes.
    """
    if message_id := message_parts.header(message, "Message-ID"):
        return message_id
    body = raw[: message_parts.SIZE].replace(b"\r\n", b"\n").partition(b"\n\n")[2]
    heading = "\n".join(message_parts.header(message, name) for name in ("Date", "From", "Subject"))
    return hashlib.sha256(heading.encode("utf-8", "replace") + b"\n" + body).hexdigest()


def has_identity(message: Message) -> bool:
    """Whether anything tells a mail from one that says the same at another time."""
    return any(message_parts.header(message, name) for name in ("Message-ID", "Date"))
