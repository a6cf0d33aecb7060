"""Reports in the standard formats: delivery status notifications (RFC 3464, 6522) and complaints (RFC 5965)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from email.message import Message
from itertools import islice

from distributor.channels.mail.returns import codes, message_parts
from distributor.channels.mail.returns.events import Sheet
from distributor.channels.mail.returns.sources import ARF, DSN
from distributor.channels.responses import excerpt
from distributor.domain.bounces import bounce_kind
from distributor.domain.refusals import is_after_message
from distributor.domain.returns import Kind, MailEvent

RECIPIENTS = 50  # of one report: a mail of ours has one, who expands it may name a few more

_STATUS_TYPES = ("message/delivery-status", "message/global-delivery-status")
_ORIGINALS = ("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers")
# RFC 3464 §2.3.3. “Relayed” and “expanded” leave the reach of reports: nothing more will be heard. “Deliverable” is
# what Sendmail and Postfix say of an address that was only asked about.
_ACTIONS = {
    "delayed": Kind.DELAYED,
    "delivered": Kind.DELIVERED,
    "relayed": Kind.DELIVERED,
    "expanded": Kind.DELIVERED,
    "deliverable": Kind.DELIVERED,
}
# Dovecot's LDA (rejection_reason): its report's code stays 5.1.1 or 5.0.0 also for a full mailbox.
_REJECTION = re.compile(r"was automatically rejected:\s{1,4}(\S[^\n]{0,200})")
_NOTICE = 20_000  # characters
_COMPLAINTS = {"abuse", "fraud", "virus", "other", "miscategorized"}  # RFC 5965 §7.3 and what is sent beside it
_UNSUBSCRIBE_TYPES = {"opt-out", "opt-out-list"}
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"@]{1,64}@[^\s<>()\[\],;:\"@]{1,253}")
_HOTMAIL = "x-hmxmroriginalrecipient"  # Microsoft's feedback loop sends the letter with this header, in no report


def bounce(message: Message, sheet: Sheet) -> list[MailEvent] | None:
    """Return what a delivery status notification says of each recipient, or None for what is none."""
    for part in message_parts.own_parts(message):
        if part.get_content_type() in _STATUS_TYPES:
            groups = message_parts.blocks(part)
            about = next((group for group in groups if "reporting-mta" in group), {})
            recipients_named = [
                group for group in groups if "final-recipient" in group or "original-recipient" in group
            ]
            if recipients_named:
                notice = _notice(message)
                return [_recipient(group, about, sheet, notice) for group in recipients_named[:RECIPIENTS]]
    return None


def _notice(message: Message) -> str:
    """Return what a report says to people: there alone stands at which command a server refused, or why Dovecot did."""
    texts = (part for part in message_parts.own_parts(message) if part.get_content_type() == "text/plain")
    return "\n".join(message_parts.text(part) for part in islice(texts, 3))[:_NOTICE]


def _recipient(fields: dict[str, str], about: dict[str, str], sheet: Sheet, notice: str) -> MailEvent:
    action = next(iter(re.findall(r"[a-z]+", fields.get("action", "").lower())), "failed")  # a comment may follow
    diagnostic = fields.get("diagnostic-code", "")
    words = codes.with_stage(diagnostic, late=is_after_message(notice))
    if reason := _REJECTION.search(notice):
        words = f"{words} {reason[1]}"
    status_field = fields.get("status", "")
    done = status_field.strip().startswith("2") and action not in ("failed", "delayed")
    # A code of success beside a failure says nothing.
    status = codes.status(status_field if done or not status_field.strip().startswith("2") else "", words)
    final = address(fields.get("final-recipient", ""))
    original = address(fields.get("original-recipient", "")) or final
    kind = _ACTIONS.get(action) or (Kind.DELIVERED if done else bounce_kind(status, words))
    raw = {
        "action": action,
        "status": fields.get("status", ""),
        "diagnostic": diagnostic,
        "final recipient": fields.get("final-recipient", ""),
        "original recipient": fields.get("original-recipient", ""),
        "remote": fields.get("remote-mta", ""),
        "reporter": about.get("reporting-mta", ""),
    }
    return sheet.event(
        kind,
        DSN,
        email=original,
        part=final,
        # Behind the address may be several people, one of whom is gone.
        same=not final or final.lower() == original.lower(),
        status=status,
        reason=_words(words),
        at=fields.get("last-attempt-date", ""),
        raw={key: value for key, value in raw.items() if value},
    )


def _words(diagnostic: str) -> str:
    """Return what a server said, without the field's type (`smtp;`)."""
    kind, split, tail = diagnostic.partition(";")
    return excerpt(tail if split and len(kind) < 20 else diagnostic, ())


def address(field: str) -> str:
    """Return the address in a field such as `rfc822; a@example.com`; "" for none and for a hidden one (RFC 6590)."""
    kind, split, tail = field[:600].partition(";")
    match = _ADDRESS.search(tail if split else kind)
    return match[0] if match and not match[0].lower().startswith("redacted") else ""


def complaint(message: Message, sheet: Sheet) -> list[MailEvent] | None:
    """Return what a feedback report says, [] for one that is no complaint, or None for what is no report."""
    for part in message_parts.own_parts(message):
        if part.get_content_type() == "message/feedback-report":
            groups = message_parts.blocks(part)
            return _feedback({key: value for group in reversed(groups) for key, value in group.items()}, message, sheet)
    for original in _originals(message):
        envelope_text = dict(message_parts.headers(original)).get(_HOTMAIL, "")
        if envelope_text:
            return [
                sheet.event(
                    Kind.COMPLAINT, ARF, email=address(envelope_text), reason="abuse", raw={"from": sheet.sender}
                )
            ]
    return None


def _feedback(fields: dict[str, str], message: Message, sheet: Sheet) -> list[MailEvent]:
    kind = fields.get("feedback-type", "").strip().lower()
    if kind not in _COMPLAINTS | _UNSUBSCRIBE_TYPES:
        return []  # “not-spam” takes a complaint back, “auth-failure” (RFC 6591) tells of somebody else's mail
    email = address(fields.get("original-rcpt-to", "")) or _addressee(message)
    raw: dict[str, str] = {
        key: fields[key]
        for key in ("user-agent", "original-mail-from", "source-ip", "reported-domain", "incidents")
        if key in fields
    }
    return [
        sheet.event(
            Kind.UNSUBSCRIBE if kind in _UNSUBSCRIBE_TYPES else Kind.COMPLAINT,
            ARF,
            email=email,
            reason=kind,
            at=fields.get("arrival-date", "") or fields.get("received-date", ""),
            raw=raw,
        )
    ]


def _addressee(message: Message) -> str:
    """Return whom the reported letter was to, where that was not hidden."""
    for original in _originals(message):
        recipient = address(dict(message_parts.headers(original)).get("to", ""))
        if recipient:
            return recipient
    return ""


def _originals(message: Message) -> Iterator[Message]:
    """Yield what a report returns of the letter, as messages whose headers can be read."""
    for part in message_parts.own_parts(message):
        if part.get_content_type() not in _ORIGINALS:
            continue
        payload = part.get_payload()
        if isinstance(payload, list):
            yield from (group for group in payload if isinstance(group, Message))
        else:
            read = message_parts.parse(message_parts.text(part).encode("utf-8", "replace"))
            if read is not None:
                yield read


def date_of(message: Message, received_at: datetime) -> datetime:
    """Return when a mail says that it was written, never later than when it came."""
    return message_parts.moment(message_parts.header(message, "Date"), received_at)
