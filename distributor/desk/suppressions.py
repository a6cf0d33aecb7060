"""Letting many addresses get mail again: those that are chosen, or all of a reason, domain or source."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from distributor.audience.models import Suppression
from distributor.desk.access import editor_of_all
from distributor.desk.returns import search_address, suppression_page
from distributor.desk.reversal_form import ReversalForm
from distributor.domain.reversals import MANUAL, SUPPRESSIONS, ReversalFilter
from distributor.insights import reversals
from distributor.locale_formats import number

MOST_CHOSEN = 1_000


class LiftForm(ReversalForm):
    """Which suppressions to lift, whatever they are from; subscriptions stay as they are."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reasons = [("", gettext_lazy("Any")), *((reason, reason) for reason in (*SUPPRESSIONS, MANUAL))]
        self.fields["reason"].choices = reasons  # type: ignore[attr-defined]

    def filter(self) -> ReversalFilter:
        return replace(super().filter(), suppressions_only=True)


@editor_of_all
@require_POST
def lift_chosen(request: HttpRequest) -> HttpResponse:
    """Let those who are chosen get mail again."""
    texts = request.POST.getlist("suppression")[:MOST_CHOSEN]
    ids = [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 19]
    rows = Suppression.objects.filter(pk__in=ids, email__isnull=False)
    complaints = rows.filter(reason=Suppression.Reason.COMPLAINT).count()
    if complaints and "complaints" not in request.POST:
        problem = _("Some of them said that this is spam: tick the box below if they asked for it.")
        return suppression_page(request, problem=problem, chosen_ids=ids)
    count = reversals.lift_many([str(row.email) for row in rows], actor=request.user.get_username())
    if not count:
        return suppression_page(request, problem=_("Choose addresses first."))
    sentence = ngettext("%(count)s address can get mail again.", "%(count)s addresses can get mail again.", count)
    messages.success(request, sentence % {"count": number(count)})
    return redirect(search_address(request))


@editor_of_all
@require_http_methods(["GET", "HEAD", "POST"])
def lift_many(request: HttpRequest) -> HttpResponse:
    """Show how many suppressions a filter is about; on POST, lift them."""
    if request.method == "POST":
        form = LiftForm(request.POST)
        if form.is_valid():
            record = reversals.reverse(form.filter(), actor=request.user.get_username())
            messages.success(request, record.summary)
            return redirect("desk:suppressed")
    else:
        form = LiftForm(request.GET or None)
    context: dict[str, Any] = {"form": form, "preview": None, "typing_zone": reversals.clock_zone(), "here": "returns"}
    if form.is_bound and form.is_valid():
        scope = reversals.with_end(replace(form.filter(), complaints=True), timezone.now())
        kept_names = ("complaints", "suppressions_only")
        fields = {name: value for name, value in scope.to_json().items() if value and name not in kept_names}
        context |= {"preview": reversals.preview(scope), "scope": fields}
    return render(request, "desk/lift_many.html", context, status=422 if form.errors else 200)
