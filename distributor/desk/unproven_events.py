"""Events that are not proven: what came in, and deciding about one or several of them."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from distributor.delivery.models import Dispatch
from distributor.desk.access import editor_of_all
from distributor.desk.dispatch_buttons import YES
from distributor.desk.returns import TO_DECIDE
from distributor.domain.errors import BadInput, ConfirmationNeeded
from distributor.insights import decisions, unproven_events

_DECISIONS = {"act-on": decisions.act_on, "ignore": decisions.ignore}
_LARGEST = 2**63 - 1
_MOST = 1_000  # at a time: a page has fewer


@editor_of_all
@require_safe
def event(request: HttpRequest, event_id: int) -> HttpResponse:
    """What came in, and what can be decided about it."""
    try:
        facts = unproven_events.facts(event_id)
    except BadInput:
        raise Http404 from None
    dispatch = Dispatch.objects.select_related("letter", "digest").filter(pk=facts.event.dispatch_id or 0).first()
    context = {
        "facts": facts,
        "event": facts.event,
        "dispatch": dispatch,
        "zone": timezone.get_current_timezone_name(),
        "waiting": f"{reverse('desk:returns')}?{urlencode({'kind': TO_DECIDE})}",
        "here": "returns",
    }
    return render(request, "desk/event.html", context)


@editor_of_all
@require_POST
def decide(request: HttpRequest) -> HttpResponse:
    """Decide about the events that are chosen: act on them, once that is agreed to, or ignore them."""
    decision = request.POST.get("decision", "")
    if decision not in _DECISIONS:
        raise Http404
    ids = [int(text) for text in request.POST.getlist("event")[:_MOST] if text.isascii() and text.isdigit()]
    ids = [event_id for event_id in ids if event_id <= _LARGEST]
    try:
        _require_choice(ids)
        if decision == "act-on" and request.POST.get("confirmed") != YES:
            _require_agreement(ids)
    except (BadInput, ConfirmationNeeded) as error:
        messages.error(request, str(error))
        return _back()
    decisions_result = unproven_events.decide_each(ids, _DECISIONS[decision], actor=request.user.get_username())
    for sentence in decisions_result.sentences:
        messages.success(request, sentence)
    for sentence in decisions_result.problems:
        messages.error(request, sentence)
    return _back()


def _back() -> HttpResponse:
    return redirect(f"{reverse('desk:returns')}?{urlencode({'kind': TO_DECIDE})}")


def _require_choice(ids: list[int]) -> None:
    if not ids:
        raise BadInput("Choose the events first: tick them, then decide.")


def _require_agreement(ids: list[int]) -> None:
    raise ConfirmationNeeded(f"{unproven_events.question(ids)} Agree to it first.")
