"""Notices of dispatches: those that stopped, as it happens, and those that nobody has approved, as they are seen."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import QuerySet
from django.utils import timezone

from distributor.channels import registry
from distributor.delivery.models import Dispatch
from distributor.domain.states import Event, State
from distributor.letters.models import Publication
from distributor.notices import ledger
from distributor.notices.kinds import APPROVAL, KINDS, STOP
from distributor.notices.models import Notice
from distributor.webhooks.outbox import News, announce

_STOPS: Final = (Event.REJECT, Event.LOSE_ANSWER, Event.BLOCK, Event.PAUSE)
_STOP_STATES: Final = (State.FAILED.value, State.UNCONFIRMED.value, State.BLOCKED.value, State.PAUSED.value)
LOOK_BACK: Final = timedelta(days=1)  # what is older was there before notices were, or was told of
_PAUSED_BY_PERSON: Final = "Paused by "  # as `delivery.control.pause` writes it
_ADDRESS: Final = re.compile(r"[^\s<>“”\"'(),;:]+@[^\s<>“”\"'(),;:]+")


def note_event(dispatch_ids: Collection[int], event: Event) -> None:
    """Write down that dispatches have just stopped; what an editor stopped is known to them."""
    if event not in _STOPS:
        return
    now = timezone.now()
    rows = [
        row
        for row in _slim(Dispatch.objects.filter(pk__in=dispatch_ids))
        if not row.reason.startswith(_PAUSED_BY_PERSON)
    ]
    ledger.note(
        STOP,
        [ledger.NewNotice(f"{row.pk} {event.name} {now.isoformat()}", row.publication_id, _data(row)) for row in rows],
        at=now,
    )


def look(now: datetime) -> None:
    """Write down which dispatches were planned without an approval, or with something in their way."""
    since, until = now - LOOK_BACK, now - KINDS[APPROVAL].wait
    recent = Dispatch.objects.filter(letter__isnull=False, created_at__gte=since, created_at__lte=until)
    drafts = {f"{row.pk}": row for row in _slim(recent.filter(state=State.DRAFT.value))}
    new = ledger.unknown(APPROVAL, drafts)
    rows = [drafts[key] for key in drafts if key in new]
    ledger.note(APPROVAL, [ledger.NewNotice(f"{row.pk}", row.publication_id, _data(row)) for row in rows], at=now)
    _announce_letters(rows)
    # What was blocked as it was planned; what is blocked later is an event.
    stops = recent.filter(state=State.BLOCKED.value, released_at=None, hold_until=None)
    ledger.note(
        STOP,
        [ledger.NewNotice(f"{row.pk} planned", row.publication_id, _data(row)) for row in _slim(stops)],
        at=now,
    )


def _announce_letters(dispatches: Sequence[Dispatch]) -> None:
    """Tell programs which letters wait for an approval, each once with its channels."""
    by_letter: dict[int, list[Dispatch]] = {}
    for dispatch in dispatches:
        if dispatch.letter_id is not None:
            by_letter.setdefault(dispatch.letter_id, []).append(dispatch)
    news = [
        News(
            rows[0].publication_id,
            {
                "letter": letter_id,
                "title": rows[0].title,
                "channels": sorted({row.channel for row in rows}),
                "dispatches": sorted(row.pk for row in rows),
            },
        )
        for letter_id, rows in by_letter.items()
    ]
    announce("letter.waiting", news)


def current_drafts(notices: Sequence[Notice]) -> list[Notice]:
    """Return the notices whose dispatch still waits for an approval."""
    return _current(notices, (State.DRAFT.value,))


def current_stops(notices: Sequence[Notice]) -> list[Notice]:
    """Return the notices whose dispatch still stands still, each dispatch once, as it stopped last."""
    latest = {notice.data["dispatch"]: notice for notice in _current(notices, _STOP_STATES)}
    return list(latest.values())


def _current(notices: Sequence[Notice], states: Sequence[str]) -> list[Notice]:
    numbers = [notice.data["dispatch"] for notice in notices]
    numbers_now = set(Dispatch.objects.filter(pk__in=numbers, state__in=states).values_list("pk", flat=True))
    return [notice for notice in notices if notice.data["dispatch"] in numbers_now]


def _slim(rows: QuerySet[Dispatch]) -> list[Dispatch]:
    return list(
        rows.select_related("letter", "digest", "publication")
        .defer("variant", "approved_variant", "letter__body_html", "letter__body_text")
        .order_by("pk")
    )


def _data(dispatch: Dispatch) -> dict[str, Any]:
    return {
        "dispatch": dispatch.pk,
        "letter": dispatch.letter_id,
        "title": dispatch.title,
        "language": _language(dispatch),
        "channel": registry.label(dispatch.channel),
        "target": dispatch.target,
        "sentence": without_addresses(dispatch.reason),
    }


def _language(dispatch: Dispatch) -> str:
    publication: Publication = dispatch.publication
    return (dispatch.letter.language if dispatch.letter else "") or publication.language


def without_addresses(sentence: str) -> str:
    """Return a sentence without the mail addresses that a server may have put into it: they are readers'."""
    return _ADDRESS.sub("…", sentence)
