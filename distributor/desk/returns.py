"""What came back about mails, and the addresses that get none any more.

Both can be very long, and what is asked for is their end: so they are shown from an id downwards, and never counted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, TypeVar, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Model, QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from distributor.audience.models import Subscriber, Suppression
from distributor.desk.access import editor_of_all
from distributor.domain.bounces import LIMIT, is_unclear
from distributor.domain.returns import Kind
from distributor.insights import reversals
from distributor.insights.bounce_scores import scores
from distributor.insights.decisions import consequence
from distributor.insights.models import ReturnedEvent
from distributor.insights.undone_events import reversals_of
from distributor.page_numbers import id_before

PAGE_SIZE = 50
KINDS = (Kind.HARD_BOUNCE, Kind.SOFT_BOUNCE, Kind.COMPLAINT, Kind.UNSUBSCRIBE)
TO_DECIDE = "not proven, to decide"
BOUNCES = (Kind.HARD_BOUNCE.value, Kind.SOFT_BOUNCE.value)
M = TypeVar("M", bound=Model)


@editor_of_all
@require_safe
def returned_events(request: HttpRequest) -> HttpResponse:
    """The newest bounces, complaints and unsubscriptions, with whom they are about and what they come to."""
    kinds = [kind.value for kind in KINDS]
    kind = request.GET.get("kind", "")
    events_of_kinds = ReturnedEvent.objects.filter(kind__in=[kind] if kind in kinds else kinds)
    if kind == TO_DECIDE:
        events_of_kinds = events_of_kinds.filter(certain=False, decision="")
    events, older = _newest(_about(events_of_kinds, request), request)
    context = {
        "rows": _event_rows(events),
        "older": older,
        "kinds": [*kinds, TO_DECIDE],
        "kind": kind,
        "limit": LIMIT,
        **_common(request),
    }
    return render(request, "desk/returns.html", context)


@editor_of_all
@require_safe
def suppressions(request: HttpRequest) -> HttpResponse:
    """The addresses that get no mail, the newest first."""
    return suppression_page(request)


def suppression_page(request: HttpRequest, *, problem: str = "", chosen_ids: Collection[int] = ()) -> HttpResponse:
    """Return the page of suppressions that the address asks for, with those chosen, and a problem (422) if any."""
    rows, older = _newest(_about(Suppression.objects.all(), request), request)
    context = {"rows": rows, "older": older, "problem": problem, "chosen_ids": chosen_ids, **_common(request)}
    query = {name: text for name in ("find", "before") if (text := request.GET.get(name))}
    context["place"] = f"?{urlencode(query)}" if query else ""
    return render(request, "desk/suppressed.html", context, status=422 if problem else 200)


def search_address(request: HttpRequest) -> str:
    """Return the address of the suppressions that are looked for."""
    term = _search_term(request)
    return reverse("desk:suppressed") + (f"?{urlencode({'find': term})}" if term else "")


@editor_of_all
@require_POST
def lift(request: HttpRequest, suppression_id: int) -> HttpResponse:
    """Let an address get mail again."""
    address = get_object_or_404(Suppression, pk=suppression_id, email__isnull=False)
    reversals.lift(str(address.email), actor=request.user.get_username())
    messages.success(request, f"{address.email} can get mail again.")
    return redirect(search_address(request))


def _common(request: HttpRequest) -> dict[str, Any]:
    zone = timezone.get_current_timezone_name()
    return {"find": _search_term(request), "zone": zone, "here": "returns"}


def _search_term(request: HttpRequest) -> str:
    return request.GET.get("find", "").replace("\0", "").strip()


def _about(records: QuerySet[M], request: HttpRequest) -> QuerySet[M]:
    """Return those about the address that is looked for; all where none is."""
    term = _search_term(request)
    if not term:
        return records
    return cast("QuerySet[M]", records.alias(folded=Lower("email")).filter(folded=term.lower()))


def _newest(records: QuerySet[M], request: HttpRequest) -> tuple[list[M], int | None]:
    """Return a page of rows, and the id before which the next one begins, None where there is none."""
    before = id_before(request)
    if before is not None:
        records = records.filter(pk__lt=before)
    rows = list(records.order_by("-pk")[: PAGE_SIZE + 1])
    return rows[:PAGE_SIZE], rows[PAGE_SIZE - 1].pk if len(rows) > PAGE_SIZE else None


def _event_rows(events: Iterable[ReturnedEvent]) -> list[dict[str, Any]]:
    """Return each event with who it is about, what their bounces come to, and whether they are suppressed."""
    event_list = list(events)
    emails = {event.email.lower() for event in event_list if event.email}
    lower_email = Lower("email")
    names = dict(Subscriber.objects.alias(at=lower_email).filter(at__in=emails).values_list(lower_email, "name"))
    points = scores(emails)
    suppressions_by_email = {
        str(event.email).lower(): event for event in Suppression.objects.alias(at=lower_email).filter(at__in=emails)
    }
    event_reversals = reversals_of(event_list)
    return [
        {
            "event": event,
            "name": names.get(event.email.lower(), ""),
            "score": points.get(event.email.lower()) if event.kind in BOUNCES else None,
            "suppression": suppressions_by_email.get(event.email.lower()),
            "consequence": consequence(event),
            "is_unclear": event.kind in BOUNCES and is_unclear(event.status, event.reason),
            "undecided": not event.certain and not event.decision,
            "reversal": event_reversals.get(event.pk),
        }
        for event in event_list
    ]
