"""What came back about mails, and the addresses that get none any more.

Both can be very long, and what is asked for is their end: so they are shown from an id downwards, and never counted.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from django.contrib import messages
from django.db.models import Model, QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from distributor.audience import suppression
from distributor.audience.models import Subscriber, Suppression
from distributor.desk.access import editor
from distributor.domain.bounces import LIMIT
from distributor.domain.returns import Kind
from distributor.insights.models import ReturnedEvent
from distributor.insights.returns import scores

SHOWN = 50
KINDS = (Kind.HARD_BOUNCE, Kind.SOFT_BOUNCE, Kind.COMPLAINT, Kind.UNSUBSCRIBE)
BOUNCES = (Kind.HARD_BOUNCE.value, Kind.SOFT_BOUNCE.value)
_LARGEST = 2**63 - 1
M = TypeVar("M", bound=Model)


@editor
@require_safe
def returned(request: HttpRequest) -> HttpResponse:
    """The newest bounces, complaints and unsubscriptions, with whom they are about and what they come to."""
    kinds = [kind.value for kind in KINDS]
    chosen = request.GET.get("kind", "")
    known = ReturnedEvent.objects.filter(kind__in=[chosen] if chosen in kinds else kinds)
    events, older = _newest(_about(known, request), request)
    context = {
        "rows": _told(events),
        "older": older,
        "kinds": kinds,
        "kind": chosen,
        "limit": LIMIT,
        **_common(request),
    }
    return render(request, "desk/returns.html", context)


@editor
@require_safe
def suppressed(request: HttpRequest) -> HttpResponse:
    """The addresses that get no mail, the newest first."""
    rows, older = _newest(_about(Suppression.objects.all(), request), request)
    return render(request, "desk/suppressed.html", {"rows": rows, "older": older, **_common(request)})


@editor
@require_POST
def lift(request: HttpRequest, suppression_id: int) -> HttpResponse:
    """Let an address get mail again."""
    known = get_object_or_404(Suppression, pk=suppression_id, email__isnull=False)
    suppression.lift(str(known.email))
    messages.success(request, f"{known.email} can get mail again.")
    return redirect("desk:suppressed")


def _common(request: HttpRequest) -> dict[str, Any]:
    zone = timezone.get_current_timezone_name()
    return {"find": _wanted(request), "zone": zone, "here": "returns"}


def _wanted(request: HttpRequest) -> str:
    return request.GET.get("find", "").replace("\0", "").strip()


def _about(known: QuerySet[M], request: HttpRequest) -> QuerySet[M]:
    """Return those about the address that is looked for; all where none is."""
    wanted = _wanted(request)
    return known.filter(email__iexact=wanted) if wanted else known


def _newest(known: QuerySet[M], request: HttpRequest) -> tuple[list[M], int | None]:
    """Return a page of rows, and the id before which the next one begins, None where there is none."""
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit():
        known = known.filter(pk__lt=min(int(before[:19]), _LARGEST))
    rows = list(known.order_by("-pk")[: SHOWN + 1])
    return rows[:SHOWN], rows[SHOWN - 1].pk if len(rows) > SHOWN else None


def _told(events: Iterable[ReturnedEvent]) -> list[dict[str, Any]]:
    """Return each event with who it is about, what their bounces come to, and whether they are suppressed."""
    listed = list(events)
    emails = {one.email.lower() for one in listed if one.email}
    folded = Lower("email")
    names = dict(Subscriber.objects.alias(at=folded).filter(at__in=emails).values_list(folded, "name"))
    points = scores(emails)
    kept = {str(one.email).lower(): one for one in Suppression.objects.alias(at=folded).filter(at__in=emails)}
    return [
        {
            "event": one,
            "name": names.get(one.email.lower(), ""),
            "score": points.get(one.email.lower()) if one.kind in BOUNCES else None,
            "suppression": kept.get(one.email.lower()),
        }
        for one in listed
    ]
