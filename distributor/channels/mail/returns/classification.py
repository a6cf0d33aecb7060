"""Reading one mail that came back: what it is, and what it says of whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email.message import Message
from enum import Enum
from functools import partial

from distributor.channels.mail.returns import message_parts, notices, reports
from distributor.channels.mail.returns.address import BOUNCES, UNSUBSCRIBE
from distributor.channels.mail.returns.attribution import Attribution, Lookups, address_tokens, identify
from distributor.channels.mail.returns.events import Sheet, has_identity, key_of
from distributor.channels.mail.returns.mail_excerpts import excerpt_of
from distributor.channels.mail.returns.sources import MAILTO
from distributor.domain.returns import Kind, MailEvent


class MailKind(Enum):
    """What a mail that came back is."""

    DELIVERY_REPORT = "delivery report"
    COMPLAINT = "complaint"
    UNSUBSCRIBE = "unsubscribe"
    AUTOMATIC_REPLY = "automatic reply"  # ignored: someone is on holiday, and gets their letters
    OTHER_REPORT = "report of no consequence"  # “not spam”, a failed authentication
    UNKNOWN = "not understood"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a mail is, and its events; `subject` is for a person who looks at it."""

    kind: MailKind
    events: tuple[MailEvent, ...] = ()
    subject: str = ""

    @property
    def understood(self) -> bool:
        """Whether a machine has done with it."""
        return self.kind is not MailKind.UNKNOWN


def read(raw: bytes, *, lookups: Lookups, received_at: datetime, recipients: Sequence[str] = ()) -> Reading:
    """Return what a mail of any kind says. Never raises for what stands in it.

    - `recipients`: the addresses of the envelope, where they are known;
    - `received_at` (aware): when it came; no event is dated later.

    Only the first 256 kB are looked at. Who it is about is told by our token in the address that it came to, else by
    tokens in the returned letter (both certain), else by its Message-ID or by the address that is named.
    """
    message = message_parts.parse(raw)
    if message is None:
        return Reading(MailKind.UNKNOWN)
    tokens = address_tokens(message, recipients)
    sender = reports.address(message_parts.header(message, "From"))
    sheet = Sheet(
        attribution=identify(message, tokens, lookups),
        key=key_of(raw, message),
        sender=sender,
        subject=message_parts.header(message, "Subject"),
        at=reports.date_of(message, received_at),
        excerpt=partial(excerpt_of, message, sender),
    )
    purposes = {purpose for purpose, _ in tokens}
    kind, events = _events_of(message, sheet, lookups, leaving=UNSUBSCRIBE in purposes, returned=BOUNCES in purposes)
    return Reading(kind, tuple(events), sheet.subject)


def _events_of(
    message: Message, sheet: Sheet, lookups: Lookups, *, leaving: bool, returned: bool
) -> tuple[MailKind, list[MailEvent]]:
    if (events_found := reports.bounce(message, sheet)) is not None:
        return MailKind.DELIVERY_REPORT, events_found
    if (events_found := reports.complaint(message, sheet)) is not None:
        return (MailKind.COMPLAINT if events_found else MailKind.OTHER_REPORT), events_found
    # A server’s notice: a daemon wrote it, or its subject says so and its return path is the null one of notices. Or it
    # came to a return path of ours, where people write nothing: then it has to say whom, or what a server said.
    certain, unsigned = sheet.attribution.certain, _has_null_return_path(message)
    sure = notices.by_machine(message, sheet.sender) or (unsigned and notices.has_bounce_subject(message))
    notice = sure or (returned and certain and notices.has_bounce_subject(message))
    if notice:
        # A help desk that gets our letters can say the same of an account of its own: then a person decides.
        notice_sheet = sheet if notices.by_server(message, sheet.sender, unsigned=unsigned) else sheet.unproven()
        # Exim calls its bounces auto-replied as well: who wrote it goes before what it calls itself.
        if (events_found := notices.bounce(message, notice_sheet, sure=sure)) is not None:
            return MailKind.DELIVERY_REPORT, events_found
    # Only who leaves writes to a signed unsubscribe address: Apple Mail’s button calls its mail an automatic reply.
    wanted = leaving and certain
    if notices.automatic(message) and not wanted:
        return MailKind.AUTOMATIC_REPLY, []
    if (wanted or not notice) and (event := _unsubscription(message, sheet, lookups, leaving=leaving)) is not None:
        return MailKind.UNSUBSCRIBE, [event]
    # No person's mail has it, and a notice would be a server's: help desks and assistants remain (RFC 3834 §3.3).
    if not notice and unsigned:
        return MailKind.AUTOMATIC_REPLY, []
    return MailKind.UNKNOWN, []


def _unsubscription(message: Message, sheet: Sheet, lookups: Lookups, *, leaving: bool) -> MailEvent | None:
    """Return the request to be unsubscribed: any mail to the token address, or one whose subject says so.

    It is certain where it holds our token: who has only someone else's address can have them unsubscribed by nobody but
    a person.
    """
    if not has_identity(message):
        # Who comes back and leaves again may write the very same; to leave twice by one mail does no harm.
        sheet = replace(sheet, key=f"{sheet.key} {sheet.at.isoformat()}")
    says_so, key = notices.unsubscribe_request(message)
    if (leaving or says_so) and sheet.attribution.certain:
        return sheet.event(Kind.UNSUBSCRIBE, MAILTO, email=sheet.sender, raw={"from": sheet.sender})
    if not says_so or not sheet.sender:
        return None
    # Without our token it may be about whoever wrote it, and about nobody else.
    attribution = Attribution(dispatch=lookups.dispatch(key)) if key else Attribution()
    return replace(sheet, attribution=attribution).event(
        Kind.UNSUBSCRIBE, MAILTO, email=sheet.sender, raw={"from": sheet.sender}
    )


def _has_null_return_path(message: Message) -> bool:
    """Whether a mail has the null return path of notices and of assistants (RFC 5321 §4.5.5, RFC 3834 §3.3)."""
    return "<>" in (message_parts.header(message, "Return-Path"), message_parts.header(message, "From"))
