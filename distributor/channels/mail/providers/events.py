"""Providers' events, as anymail normalises them, in our vocabulary (domain/returns.py)."""

from __future__ import annotations

import hashlib
import json
import logging
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from anymail.signals import AnymailTrackingEvent, EventType, RejectReason

from distributor.channels.mail.providers.mails import TOKEN
from distributor.channels.mail.providers.provider import Provider
from distributor.channels.mail.returns import codes
from distributor.channels.mail.returns.address import without_tokens
from distributor.domain.bounces import bounce_kind, is_held_against_nobody
from distributor.domain.returns import Kind, MailEvent

logger = logging.getLogger(__name__)

ReadToken = Callable[[str], tuple[int, int] | None]

_KINDS = {
    EventType.DELIVERED: Kind.DELIVERED,
    EventType.DEFERRED: Kind.DELAYED,
    EventType.COMPLAINED: Kind.COMPLAINT,
    EventType.UNSUBSCRIBED: Kind.UNSUBSCRIBE,
    EventType.OPENED: Kind.OPEN,
    EventType.CLICKED: Kind.CLICK,
}
# A provider does not even try an address of which it knows something from before: ours or another sender's mail.
_KNOWN_BEFORE = {
    RejectReason.INVALID: Kind.HARD_BOUNCE,
    RejectReason.BOUNCED: Kind.HARD_BOUNCE,
    RejectReason.SPAM: Kind.COMPLAINT,
    RejectReason.UNSUBSCRIBED: Kind.UNSUBSCRIBE,
}
# Where an event has no field for it, the provider's own sentence says so, as Resend's.
_HARD = re.compile(r"\bhard[- ]?bounce", re.IGNORECASE)
_SAYS_NOTHING_NEW = frozenset({EventType.QUEUED, EventType.SENT, EventType.SUBSCRIBED, EventType.AUTORESPONDED})


def mail_event(
    event: AnymailTrackingEvent, provider: Provider, *, read_token: ReadToken, now: datetime
) -> MailEvent | None:
    """Return an event in our words; None for what says nothing about a recipient (it is noted in the log).

    `read_token` reads our signed tokens; `now` is when the event came in, for one that does not say when it happened.
    """
    raw = _plain(event.esp_event)
    kind = _kind(event, provider, raw)
    if kind is None:
        level = logging.DEBUG if event.event_type in _SAYS_NOTHING_NEW else logging.INFO
        logger.log(level, "%s says %s of a mail: nothing follows from it", provider.label, event.event_type)
        return None
    recipient_token = read_token(str((event.metadata or {}).get(TOKEN, "")))
    bounced = kind in (Kind.HARD_BOUNCE, Kind.SOFT_BOUNCE, Kind.DELAYED)
    return MailEvent(
        kind=kind,
        source=provider.scheme,
        event_id=_event_id(event, provider, kind, raw),
        at=_aware(event.timestamp) or now,
        email=str(event.recipient or ""),
        dispatch=recipient_token[0] if recipient_token else None,
        subscriber=recipient_token[1] if recipient_token else None,
        status=_status(event, provider, raw) if bounced else "",
        reason=without_tokens(_words(event)),
        raw={} if kind in (Kind.OPEN, Kind.CLICK) else json.loads(without_tokens(json.dumps(raw, default=str))),
    )


def _kind(event: AnymailTrackingEvent, provider: Provider, raw: Any) -> Kind | None:
    if event.event_type in (EventType.BOUNCED, EventType.FAILED):
        return _bounce(event, provider, raw)
    if event.event_type == EventType.REJECTED:
        if _may_pass(provider, raw):  # it is about what was sent, not about whom to
            return Kind.SOFT_BOUNCE
        return _KNOWN_BEFORE.get(event.reject_reason, Kind.SOFT_BOUNCE)
    return _KINDS.get(event.event_type)


def _may_pass(provider: Provider, raw: Any) -> bool:
    """Whether the provider's own word for it is one of those that are no fault of the address."""
    return _says(raw, provider.soft)


def _says(raw: Any, rule: tuple[str, tuple[object, ...]]) -> bool:
    """Whether an event has one of the rule's values in one of its places."""
    paths, values = rule
    return any(_at(raw, path) in values for path in paths.split("|") if path)


def _bounce(event: AnymailTrackingEvent, provider: Provider, raw: Any) -> Kind:
    """Return how a bounce was meant. Where it is not said, it may pass (promise 7)."""
    if _may_pass(provider, raw):
        return Kind.SOFT_BOUNCE
    status, words = _status(event, provider, raw), _words(event)
    if _says(raw, provider.hard) or _HARD.search(words):
        return Kind.HARD_BOUNCE if not status else bounce_kind(status, words)
    if event.event_type == EventType.FAILED and is_held_against_nobody(status, words):
        return Kind.SOFT_BOUNCE  # it never left the provider
    return bounce_kind(status, words) if status.startswith("5") else Kind.SOFT_BOUNCE


def _words(event: AnymailTrackingEvent) -> str:
    """Return what the provider and the recipient's server say, on one line."""
    verdict = "Invalid recipient:" if event.reject_reason == RejectReason.INVALID else ""
    texts = dict.fromkeys(str(text) for text in (verdict, event.description, event.mta_response) if text)
    return " ".join(" ".join(texts).split())


def _status(event: AnymailTrackingEvent, provider: Provider, raw: Any) -> str:
    """Return the enhanced status code, from its own field or from what the recipient's server said."""
    value = str(_at(raw, provider.status) or "") if provider.status else ""
    code = codes.status(value, str(event.mta_response or event.description or ""))
    return code or (codes.NO_MAILBOX if event.reject_reason == RejectReason.INVALID else "")


def _event_id(event: AnymailTrackingEvent, provider: Provider, kind: Kind, raw: Any) -> str:
    """Return the same for the same event, however often it is sent: several recipients may share the provider's id."""
    value = (_at(raw, provider.event_id) if provider.event_id else event.event_id) or json.dumps(
        raw, sort_keys=True, default=str
    )
    time_text = event.timestamp.isoformat() if event.timestamp else ""
    content = "\0".join((str(value), kind.value, str(event.recipient or ""), time_text))
    return hashlib.sha256(content.encode("utf-8", "replace")).hexdigest()


def _plain(event: Any) -> Any:
    """Return a provider's event as JSON types, without what its signature is made of."""
    if isinstance(event, Mapping):
        return {str(name): event[name] for name in event if str(name) not in ("signature", "token")}
    return event


def _at(raw: Any, path: str) -> Any:
    """Return what an event has at `a.b.0.c`, None where it has nothing."""
    for step in path.split("."):
        if isinstance(raw, Mapping):
            raw = raw.get(step)
        elif isinstance(raw, list) and step.isdigit() and int(step) < len(raw):
            raw = raw[int(step)]
        else:
            return None
    return raw


def _aware(at: datetime | None) -> datetime | None:
    return at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at
