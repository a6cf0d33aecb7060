"""Deciding about bursts of refusals: whether those whom they would suppress are gone, all of a burst at once."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from distributor.audience import held_bursts, held_people
from distributor.audience.models import HeldBurst
from distributor.delivery.models import Dispatch
from distributor.desk.access import editor_of_all
from distributor.desk.dispatch_buttons import YES
from distributor.domain.errors import BadInput, ConfirmationNeeded

DECIDED_SHOWN = 20
SAMPLE = 5
_DECISIONS = {"suppress": HeldBurst.Decision.SUPPRESSED, "drop": HeldBurst.Decision.DROPPED}


@editor_of_all
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The bursts that wait for a decision, with whom they hold, and those that were decided about last."""
    bursts = list(held_bursts.open_bursts())
    decided_bursts = list(HeldBurst.objects.exclude(decision="").order_by("-decided_at")[:DECIDED_SHOWN])
    dispatches = Dispatch.objects.select_related("letter", "digest").in_bulk(
        {burst.dispatch_id for burst in (*bursts, *decided_bursts)}
    )
    context = {
        "rows": [
            {
                "burst": burst,
                "dispatch": dispatches.get(burst.dispatch_id),
                "headline": held_people.headline(burst),
                "details": held_people.details(burst),
                "count": (count := burst.refusals.count()),
                "question": held_people.question(count),
                "sample": list(burst.refusals.order_by("pk").values_list("email", flat=True)[:SAMPLE]),
            }
            for burst in bursts
        ],
        "decided": [{"burst": burst, "dispatch": dispatches.get(burst.dispatch_id)} for burst in decided_bursts],
        "zone": timezone.get_current_timezone_name(),
        "here": "returns",
    }
    return render(request, "desk/held.html", context)


@editor_of_all
@require_POST
def decide(request: HttpRequest, burst_id: int, decision: str) -> HttpResponse:
    """Suppress everyone whom a burst holds, once that is agreed to, or nobody."""
    if decision not in _DECISIONS:
        raise Http404
    try:
        _require_agreement(request, burst_id, decision)
        count = held_bursts.decide(burst_id, _DECISIONS[decision], actor=request.user.get_username())
    except (BadInput, ConfirmationNeeded) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, held_people.result(_DECISIONS[decision], count))
    return redirect("desk:held")


def _require_agreement(request: HttpRequest, burst_id: int, decision: str) -> None:
    """Raise ConfirmationNeeded where people would be suppressed and nobody agreed to that."""
    if decision == "suppress" and request.POST.get("confirmed") != YES:
        raise ConfirmationNeeded(f"{held_people.question(held_bursts.people(burst_id))} Agree to it first.")
