"""Events that anyone may have written: what a person should see before they decide, and deciding about several."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any

from django.db.models import QuerySet

from distributor.audience.models import Subscriber, Subscription, Suppression, with_address
from distributor.domain.errors import BadInput
from distributor.domain.times import stamp
from distributor.insights.decisions import consequence
from distributor.insights.models import ReturnedEvent
from distributor.insights.sources import SOURCES

EXAMPLES = 5  # in a question about several


@dataclass(frozen=True, slots=True)
class UnprovenFacts:
    """All that is known of one event: `lines` are (name, words), `mail` is what came in, by its parts.

    `consequence` is what acting on it does, "" for nothing.
    """

    event: ReturnedEvent
    lines: tuple[tuple[str, str], ...]
    mail: Mapping[str, str]
    consequence: str

    def to_json(self) -> dict[str, Any]:
        return {"id": self.event.pk, **dict(self.lines), "consequence": self.consequence, "mail": dict(self.mail)}


@dataclass(slots=True)
class DecidedEvents:
    """What was decided, a sentence each, and why it was not for others."""

    ids: list[int] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        return {"decided": self.ids, "problems": self.problems}


def undecided() -> QuerySet[ReturnedEvent]:
    """Return those that wait for a person, the latest first."""
    return ReturnedEvent.objects.filter(certain=False, decision="").order_by("-pk")


def facts(event_id: int) -> UnprovenFacts:
    """Return what is known of an event. Raises BadInput for one that is proven or is not there any more."""
    event = ReturnedEvent.objects.filter(pk=event_id, certain=False).first()
    if event is None:
        raise BadInput(f"There is no event {event_id} that is not proven: see “distributor returns unproven list”.")
    mail = dict(event.mail)
    deed = consequence(event)
    lines = {
        "Kind": event.kind,
        "Source": f"{event.source} ({SOURCES[event.source]})" if event.source in SOURCES else event.source,
        "Came in": stamp(event.received_at, UTC),
        "About": event.email or "nobody that can be told",
        "They are": _membership(event.email),
        "Dispatch": str(event.dispatch_id or ""),
        "It asks": deed,
        "Decided": f"{event.decision} by {event.decided_by}" if event.decision else "",
        "From": mail.get("from", ""),
        "To": mail.get("to", ""),
        "Subject": mail.get("subject", "") or str(event.raw.get("subject", "")),
        "Date": mail.get("date", ""),
        "It says": f"{event.status} {event.reason}".strip(),
    }
    return UnprovenFacts(event, tuple((name, value) for name, value in lines.items() if value), mail, deed)


def _membership(email: str) -> str:
    """Return what an address is to us."""
    if not email:
        return ""
    words = []
    subscriber = with_address(Subscriber.objects.all(), email).first()
    if subscriber is None:
        words.append("no subscriber")
    else:
        active = Subscription.objects.filter(subscriber=subscriber, state=Subscription.State.ACTIVE)
        names = [str(subscription.list.name) for subscription in active.select_related("list")]
        words.append(f"on {', '.join(names)}" if names else "on no list")
    suppression = with_address(Suppression.objects.all(), email).first()
    if suppression is not None:
        words.append(f"suppressed: {suppression.reason}")
    return "; ".join(words)


def question(ids: Sequence[int]) -> str:
    """Return what is to be agreed to before these events are acted on. Raises BadInput where nothing would be done."""
    events = undecided().filter(pk__in=ids).order_by("pk")
    deeds = [f"{consequence(event)}: {event.email or 'their subscriber'}." for event in events if consequence(event)]
    if not deeds:
        raise BadInput("None of them asks for anything that can be done, or all are decided already.")
    remainder = f" And {len(deeds) - EXAMPLES:,} more." if len(deeds) > EXAMPLES else ""
    return f"Anyone can have written this. {' '.join(deeds[:EXAMPLES])}{remainder}"


def decide_each(ids: Sequence[int], decide: Callable[..., ReturnedEvent], *, actor: str) -> DecidedEvents:
    """Decide about each by `decisions.act_on` or `ignore`, each by itself."""
    result = DecidedEvents()
    for event_id in dict.fromkeys(ids):
        try:
            event = decide(event_id, actor=actor)
        except BadInput as error:
            result.problems.append(f"Event {event_id}: {error}")
        else:
            result.ids.append(event_id)
            about = event.email or "someone unknown"
            result.sentences.append(f"Event {event_id}, {event.kind} of {about}: {event.decision}.")
    return result
