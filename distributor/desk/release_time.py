"""When something goes out, on the desk: what a time would do is shown first, then it is moved."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from distributor.delivery import moves
from distributor.delivery.models import Dispatch
from distributor.delivery.planning import slots
from distributor.delivery.planning.earliest_release import zone_of
from distributor.desk import calendar_cells
from distributor.desk.access import role_of, writer
from distributor.desk.when_forms import WhenForm, values_of
from distributor.domain.errors import BadInput, ConfirmationNeeded, DistributorError
from distributor.letters.models import Letter


@writer
@require_safe
def letter_release_time(request: HttpRequest, letter_id: int) -> HttpResponse:
    """Go to the first of a letter's dispatches that can be moved: with it all of them move."""
    letter = get_object_or_404(Letter, pk=letter_id)
    first = letter.dispatches.filter(state__in=[state.value for state in moves.RESCHEDULE.states]).order_by(
        "due_at", "pk"
    )
    dispatch = first.first()
    if dispatch is None:
        messages.info(request, gettext("Nothing of this letter waits for a time."))
        return redirect("desk:letter", letter.pk)
    return redirect("desk:when", dispatch.pk)


@writer
@require_http_methods(["GET", "HEAD", "POST"])
def release_time(request: HttpRequest, dispatch_id: int) -> HttpResponse:
    """Show what a time would do to a dispatch or its whole letter, or move it there."""
    dispatches = Dispatch.objects.select_related("publication", "letter__series", "digest", "account", "waits_for")
    dispatch = get_object_or_404(dispatches.defer("variant", "approved_variant"), pk=dispatch_id)
    posted = request.method == "POST"
    form = WhenForm(request.POST if posted else values_of(dispatch, request.GET.dict()), dispatch=dispatch)
    if posted and form.is_valid():
        try:
            return _move(request, dispatch, form)
        except ConfirmationNeeded:
            pass  # the page says what is to be agreed to
        except DistributorError as error:
            form.add_error(None, str(error))
    context = _context(request, dispatch, form)
    is_part = request.headers.get("X-Requested-With") == "fetch"
    template = "desk/when_form.html" if is_part else "desk/when.html"
    return render(request, template, context, status=422 if posted else 200)


def _move(request: HttpRequest, dispatch: Dispatch, form: WhenForm) -> HttpResponse:
    """Move it, and go back to where the editor came from."""
    result = moves.move(
        dispatch.pk,
        form.at,
        role=role_of(request, dispatch.publication),
        whole=form.whole,
        confirmed=request.POST.get("agreed") == _agreement(form),
        seen_at=_seen_at(request),
    )
    for sentence in result.sentences:
        messages.success(request, sentence)
    view = request.POST.get("view", "")
    if view in calendar_cells.VIEWS:
        local = result.dispatches[0].due_at.astimezone(zone_of(dispatch.publication))
        query = urlencode({"view": view, "day": f"{local:%Y-%m-%d}"})
        return redirect(f"{reverse('desk:calendar', args=[dispatch.publication.slug])}?{query}")
    if dispatch.letter_id is None:
        return redirect("desk:dispatch", dispatch.pk)
    return redirect("desk:letter", dispatch.letter_id)


def _seen_at(request: HttpRequest) -> datetime | None:
    """Return when it was to go out as the form showed it; a form without it overrules nobody."""
    try:
        return datetime.fromisoformat(request.POST.get("seen", ""))
    except ValueError:
        raise BadInput(gettext("That form is incomplete: load the page again.")) from None


def _agreement(form: WhenForm) -> str:
    """Return what a form sends back where its warnings were shown: the time and the scope that they are about."""
    return f"{form.at.isoformat()} {'letter' if form.whole else 'one'}"


def _context(request: HttpRequest, dispatch: Dispatch, form: WhenForm) -> dict[str, Any]:
    has_time = not {"day", "clock", "fold", "scope"} & set(form.errors)
    view = request.POST.get("view", "") or request.GET.get("view", "")
    return {
        "dispatch": dispatch,
        "letter": dispatch.letter,
        "zone": dispatch.publication.time_zone,
        "form": form,
        "plan": moves.plan(dispatch, form.at, whole=form.whole) if has_time else None,
        "agreed": _agreement(form) if has_time else "",
        "companions": len(moves.companions(dispatch)),
        "movable": moves.movable(dispatch),
        "label": moves.Move(dispatch, dispatch.due_at, dispatch.due_at).label,
        "slot_at": _slot_at(dispatch),
        "view": view if view in calendar_cells.VIEWS else "",
        "here": "calendar",
    }


def _slot_at(dispatch: Dispatch) -> dict[str, Any] | None:
    """Return the form's values for the dispatch's next free slot, None where its channel has none."""
    at = slots.next_slot_of(dispatch, timezone.now())
    if at is None:
        return None
    local = at.astimezone(zone_of(dispatch.publication))
    return {"day": f"{local:%Y-%m-%d}", "clock": f"{local:%H:%M}", "fold": str(local.fold), "moment": at}
