"""The desk's calendar: what goes out when, and the slots of a publication's channels."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from distributor.channels import registry
from distributor.delivery.planning.earliest_release import zone_of
from distributor.desk.access import editor, writer
from distributor.desk.calendar_cells import VIEWS, calendar_page
from distributor.desk.publication_scope import narrow
from distributor.desk.slot_forms import SlotsForm
from distributor.domain.calendar_grid import FIRST_YEAR, LAST_YEAR
from distributor.domain.errors import BadInput
from distributor.letters.models import Publication


@writer
@require_safe
def calendar(request: HttpRequest, publication: str = "") -> HttpResponse:
    """A month, week or list of what went out and is to, of the named publication or the first."""
    publications, brand = _publications(publication)
    context: dict[str, Any] = {"publications": publications, "brand": brand, "here": "calendar"}
    if brand is None:
        return render(request, "desk/calendar.html", context)
    view = request.GET.get("view", "month")
    if view not in VIEWS:
        raise Http404
    now = timezone.now()
    today = now.astimezone(zone_of(brand)).date()
    day = _day(request.GET.get("day", ""), today)
    channel_filter = [name for name in request.GET.getlist("channel") if name in registry.CHANNELS]
    context.update(
        page=calendar_page(brand, view, day, now=now, channels=channel_filter),
        views=VIEWS,
        day=day,
        today=today,
        chosen=channel_filter,
        channels=[(name, registry.label(name)) for name in registry.names()],
        hues={name: number for number, name in enumerate(registry.names())},
    )
    return render(request, "desk/calendar.html", context)


@editor
@require_http_methods(["GET", "HEAD", "POST"])
def slots(request: HttpRequest, publication: str = "") -> HttpResponse:
    """The times of the week at which each channel of a publication likes to be used."""
    publications, brand = _publications(publication)
    context: dict[str, Any] = {"publications": publications, "brand": brand, "here": "calendar"}
    if brand is None:
        return render(request, "desk/slots.html", context)
    form = SlotsForm(request.POST or None, publication=brand)
    if request.method == "POST" and form.is_valid():
        try:
            changes = form.store()
        except BadInput as error:
            form.add_error(None, str(error))
        else:
            text = gettext("Saved: %(channels)s. What is queued already keeps its time.")
            sentence = text % {"channels": ", ".join(changes)} if changes else gettext("Nothing has changed.")
            messages.success(request, sentence)
            return redirect("desk:slots", brand.slug)
    context["form"] = form
    return render(request, "desk/slots.html", context, status=422 if form.is_bound else 200)


def _publications(slug: str) -> tuple[list[Publication], Publication | None]:
    """Return all publications and the one of that name, or the first. Raises Http404 for one that there is not."""
    publications = list(narrow(Publication.objects.order_by("name"), "pk"))
    brand = next((publication for publication in publications if slug in ("", publication.slug)), None)
    if brand is None and slug:
        raise Http404
    return publications, brand


def _day(text: str, today: date) -> date:
    """Return the day that an address names, today for none. Raises Http404 for what is no day."""
    if not text:
        return today
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Http404 from None
    if not FIRST_YEAR < day.year < LAST_YEAR:
        raise Http404
    return day
