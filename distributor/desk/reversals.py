"""Undoing in bulk what outside events did."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from distributor.audience.causes import OWN_HAND
from distributor.desk.access import editor_of_all
from distributor.desk.reversal_form import ReversalForm
from distributor.insights import reversals

RECORDS_SHOWN = 50


@editor_of_all
@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: HttpRequest) -> HttpResponse:
    """Show what would be undone and what was; on POST, undo it."""
    if request.method == "POST":
        form = ReversalForm(request.POST)
        if form.is_valid():
            record = reversals.reverse(form.filter(), actor=request.user.get_username())
            messages.success(request, record.summary)
            return redirect("desk:undo")
    else:
        form = ReversalForm(request.GET or None)
    return render(request, "desk/undo.html", {"form": form, **_preview(form), **_common()})


def _preview(form: ReversalForm) -> dict[str, object]:
    """Return what the page shows of a form that says what to undo, until the moment at which it was looked at."""
    if not form.is_bound or not form.is_valid():
        return {"preview": None}
    scope = reversals.with_end(replace(form.filter(), complaints=True), timezone.now())
    return {
        "preview": reversals.preview(scope),
        "scope": {name: value for name, value in scope.to_json().items() if value and name != "complaints"},
        "own_hand": scope.source in OWN_HAND,
    }


def _common() -> dict[str, object]:
    return {
        "records": reversals.latest(RECORDS_SHOWN),
        "zone": timezone.get_current_timezone_name(),
        "typing_zone": reversals.clock_zone(),
        "here": "returns",
    }
