"""People on the desk: looked for, and many of them dealt with at once."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from distributor.audience.bulk import Selection
from distributor.audience.directory import newest, with_subscriptions
from distributor.audience.models import Subscriber
from distributor.audience.suppression import reasons
from distributor.desk.access import editor
from distributor.desk.bulk_forms import BulkForm
from distributor.desk.people_filter import PeopleFilterForm
from distributor.domain.errors import BadInput
from distributor.page_numbers import id_before
from distributor.people import audit

PAGE_SIZE = 50


@editor
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """The newest people, or those that a filter is about; each with their lists, and whether they get mail."""
    before = id_before(request)
    form = PeopleFilterForm(request.GET)
    context: dict[str, Any] = {"form": form, "rows": [], "older": None, "query": {}, "problem": "", **_tab()}
    if form.is_valid():
        context["query"] = form.query()
        try:
            context |= _page(newest(form.filter(), before=before, most=PAGE_SIZE + 1))
        except BadInput as error:
            context["problem"] = str(error)
    context["bulk_form"] = BulkForm(filter_form=form)
    is_fragment = request.headers.get("X-Requested-With") == "fetch"
    return render(request, "desk/people_rows.html" if is_fragment else "desk/people.html", context)


def _page(rows: list[Subscriber]) -> dict[str, Any]:
    page = list(with_subscriptions(Subscriber.objects.filter(pk__in=[row.pk for row in rows[:PAGE_SIZE]]), None))
    page.sort(key=lambda row: -row.pk)
    suppressions = reasons([row.email for row in page])
    entries = [(row, row.subscriptions.all(), suppressions.get(row.email.lower(), "")) for row in page]
    return {"rows": entries, "older": page[-1].pk if len(rows) > PAGE_SIZE else None}


@editor
@require_POST
def bulk_people(request: HttpRequest) -> HttpResponse:
    """Ask whether a action for many people is meant, and with what; then do it."""
    filter_form = PeopleFilterForm(request.POST)
    form = BulkForm(request.POST, filter_form=filter_form)
    if not filter_form.is_valid() or not form.has_selection():
        messages.error(request, _("Choose people first, or all that the search is about."))
        return redirect("desk:people")
    if not form.is_valid() or "confirmed" not in request.POST:
        return _ask(request, form)
    action = form.cleaned_data["action"]
    try:
        count = form.run(actor=request.user.get_username())
    except BadInput as error:
        form.add_error(None, str(error))
        return _ask(request, form)
    details = {"action": action, "people": count, **form.record()}
    audit.record(f"people.{action}", actor=request.user.get_username(), door="desk", subject="people", details=details)
    sentence = ngettext("Done: %(count)s person is different now.", "Done: %(count)s people are different now.", count)
    messages.success(request, sentence % {"count": f"{count:,}"})
    return redirect(form.address())


def _ask(request: HttpRequest, form: BulkForm) -> HttpResponse:
    """Show how many people it is about, and what else has to be said."""
    selection = form.selection()
    try:
        count = selection.rows().count()
    except BadInput as error:
        messages.error(request, str(error))
        return redirect("desk:people")
    is_refused = "confirmed" in request.POST
    if not is_refused:
        form.errors.clear()  # nothing was asked for yet
    context = {"form": form, "count": count, "sample": _sample(selection), "is_refused": is_refused, **_tab()}
    return render(request, "desk/people_bulk.html", context, status=422 if is_refused else 200)


def _sample(selection: Selection) -> list[str]:
    return list(selection.rows().order_by("-pk").values_list("email", flat=True)[:5])


def _tab() -> dict[str, str]:
    return {"here": "audience", "tab": "people"}
