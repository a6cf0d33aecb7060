"""The hour at which a publication's mailings were opened most, with the mailings that say so."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from distributor.delivery.mail import ledger
from distributor.delivery.models import Dispatch
from distributor.delivery.planning.earliest_release import zone_of
from distributor.desk.access import writer
from distributor.domain.best_hours import FEWEST_MAILINGS, BestHour, MailingOpens
from distributor.domain.best_hours import best_hour as best_of
from distributor.domain.states import State
from distributor.insights import tracking
from distributor.letters.models import Publication

REACH: Final = timedelta(days=180)  # habits change
MOST: Final = 60  # mailings, the latest


@writer
@require_safe
def best_hour(request: HttpRequest, publication: str) -> HttpResponse:
    """Say which hour did best, as a part of a page for a script, else as a page."""
    brand = get_object_or_404(Publication, slug=publication)
    context = {
        "brand": brand,
        "best": _judgement(brand),
        "fewest": FEWEST_MAILINGS,
        "days": REACH.days,
        "here": "calendar",
    }
    is_part = request.headers.get("X-Requested-With") == "fetch"
    return render(request, "desk/best_hour_part.html" if is_part else "desk/best_hour.html", context)


def _judgement(publication: Publication) -> BestHour:
    """Judge by the letters that were mailed lately and whose opens are counted; practice says nothing.

    A mailing that nobody opened counts like any other: left out, its hour would look better than it is.
    """
    mailings = Dispatch.objects.filter(
        publication=publication,
        letter__isnull=False,
        resend_of=None,
        spread_from__isnull=False,
        state__in=(State.SENT.value, State.PARTLY.value),
        released_at__gte=timezone.now() - REACH,
    ).exclude(account__practice=True)
    # What has no tracked links counts no opens either.
    mailings = mailings.filter(variant__data__links__0__isnull=False)
    latest = list(mailings.only("pk", "released_at", "recipients", "channel", "state").order_by("-released_at")[:MOST])
    people = tracking.people_of([dispatch.pk for dispatch in latest])
    counts = ledger.counts(latest)
    zone = zone_of(publication)
    return best_of(
        MailingOpens(
            dispatch.released_at.astimezone(zone).hour, counts[dispatch.pk].accepted, people.get(dispatch.pk, 0)
        )
        for dispatch in latest
        if dispatch.released_at is not None
    )
