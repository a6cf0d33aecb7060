"""What a person decides about an event that is not proven: that it is true after all, or nothing."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from distributor.audience.models import Suppression
from distributor.audience.suppression import add_suppressions
from distributor.domain.errors import BadInput
from distributor.domain.returns import Kind, MailEvent
from distributor.insights import returns
from distributor.insights.models import ReturnedEvent

_BOUNCES = (Kind.SOFT_BOUNCE, Kind.HARD_BOUNCE)
_ENDS = (*_BOUNCES, Kind.COMPLAINT, Kind.UNSUBSCRIBE)


def consequence(event: ReturnedEvent) -> str:
    """Return what acting on an event does, in words; "" where it says nothing to act on, or not about whom."""
    kind, about_someone = Kind(event.kind), bool(event.email)
    if event.certain or event.decision or kind not in _ENDS:
        return ""
    if kind is Kind.UNSUBSCRIBE:
        lists = "the lists of that mail" if event.dispatch_id else "all lists"
        return f"Take them off {lists}" if about_someone or event.subscriber_id else ""
    if not about_someone:
        return ""
    return "Suppress, and take off all lists" if kind is Kind.COMPLAINT else "Suppress the address"


@transaction.atomic
def act_on(event_id: int, *, actor: str) -> ReturnedEvent:
    """Do what an unproven event asks for, since a person says that it is true. Raises BadInput where that can't be."""
    event = _open_event(event_id)
    if not consequence(event):
        raise BadInput("It does not say whom it is about, so nothing can be done: ignore it.")
    now = timezone.now()
    mail_event = _mail_event(event)
    if mail_event.kind is Kind.UNSUBSCRIBE:
        returns.leave(mail_event, now)
    elif mail_event.kind is Kind.COMPLAINT:
        returns.complain([mail_event], now)
    else:
        add_suppressions(returns.drafts([mail_event], Suppression.Reason.HARD_BOUNCE, now))  # a person has decided
    event.decision, event.decided_by, event.decided_at = ReturnedEvent.Decision.ACTED_ON, actor, now
    event.save(update_fields=["decision", "decided_by", "decided_at"])
    return event


@transaction.atomic
def ignore(event_id: int, *, actor: str) -> ReturnedEvent:
    """Let an unproven event be nothing. Raises BadInput where it is decided already."""
    event = _open_event(event_id)
    event.decision, event.decided_by, event.decided_at = ReturnedEvent.Decision.IGNORED, actor, timezone.now()
    event.save(update_fields=["decision", "decided_by", "decided_at"])
    return event


def _open_event(event_id: int) -> ReturnedEvent:
    event = ReturnedEvent.objects.select_for_update().filter(pk=event_id).first()
    if event is None:
        raise BadInput("It is not there any more: what came back is removed after some time.")
    if event.certain:
        raise BadInput("It is proven: what follows from it was done at once.")
    if event.decision:
        raise BadInput(f"{event.decided_by} has decided that already: it was {event.decision}.")
    return event


def _mail_event(event: ReturnedEvent) -> MailEvent:
    return MailEvent(
        kind=Kind(event.kind),
        source=event.source,
        event_id=event.event_id,
        at=event.at,
        email=event.email,
        dispatch=event.dispatch_id,
        subscriber=event.subscriber_id,
        status=event.status,
        reason=event.reason,
    )
