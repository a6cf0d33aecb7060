"""Mailing lists on the desk: made, renamed, archived, and how they grow."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from distributor.audience import actions, growth
from distributor.audience.models import MailingList
from distributor.desk.access import editor
from distributor.desk.growth_chart import chart
from distributor.desk.list_forms import ListFields, NewListForm
from distributor.desk.publication_scope import narrow
from distributor.domain.errors import BadInput
from distributor.people import audit

SPANS: Final = (30, 90, 365)  # days
USUAL_SPAN: Final = 90
_ACTIONS: Final = {"archive": actions.archive_list, "restore": actions.restore_list}


@editor
@require_safe
def lists(request: HttpRequest) -> HttpResponse:
    """All lists with their sizes, those that are archived last, and how they grow together."""
    rows = list(narrow(MailingList.objects.select_related("publication").order_by("publication__name", "name")))
    sizes = growth.sizes(rows)
    entries = [(row, sizes[row.pk]) for row in rows]
    context = {
        "open_lists": [entry for entry in entries if entry[0].archived_at is None],
        "archived_lists": [entry for entry in entries if entry[0].archived_at is not None],
        "several": len({row.publication_id for row in rows}) > 1,
        **_growth(request, rows),
        **_tab(),
    }
    return render(request, "desk/lists.html", context)


@editor
@require_http_methods(["GET", "HEAD", "POST"])
def new_list(request: HttpRequest) -> HttpResponse:
    """Make a list."""
    form = NewListForm(request.POST or None)
    if form.is_bound and form.is_valid():
        values = form.cleaned_data
        try:
            with transaction.atomic():
                row = actions.create_list(**values)
                _record(request, "lists.create", row, slug=row.slug)
        except BadInput as error:
            form.add_error("slug", str(error))
        else:
            messages.success(request, _("The list %(list)s is there.") % {"list": row.name})
            return redirect("desk:list", row.pk)
    status = 422 if form.errors else 200
    return render(request, "desk/list_form.html", {"form": form, "list": None, **_tab()}, status=status)


@editor
@require_http_methods(["GET", "HEAD", "POST"])
def mailing_list(request: HttpRequest, list_id: int) -> HttpResponse:
    """Look at a list and its growth, or change it."""
    row = get_object_or_404(MailingList.objects.select_related("publication"), pk=list_id)
    initial = {"name": row.name, "is_public": row.is_public, "welcome": row.welcome}
    form = ListFields(request.POST or None, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            with transaction.atomic():
                actions.change_list(row, **form.cleaned_data)
                _record(request, "lists.update", row, members=sorted(form.changed_data))
        except BadInput as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("desk:list", row.pk)
    context = {"form": form, "list": row, "size": growth.sizes([row])[row.pk], **_growth(request, [row]), **_tab()}
    return render(request, "desk/list_form.html", context, status=422 if form.errors else 200)


@editor
@require_POST
def act_on_list(request: HttpRequest, list_id: int, action: str) -> HttpResponse:
    """Archive a list, or bring it back."""
    row = get_object_or_404(MailingList, pk=list_id)
    if action not in _ACTIONS:
        raise Http404
    with transaction.atomic():
        _ACTIONS[action](row)
        _record(request, f"lists.{action}", row)
    sentence = _("%(list)s is archived: no new letter goes to it.") if action == "archive" else _("%(list)s is back.")
    messages.success(request, sentence % {"list": row.name})
    return redirect("desk:list", row.pk)


def _record(request: HttpRequest, action: str, row: MailingList, **details: Any) -> None:
    actor = request.user.get_username()
    subject = f"list {row.pk}"
    audit.record(action, actor=actor, door="desk", subject=subject, publication=row.publication, details=details)


def _growth(request: HttpRequest, rows: Collection[MailingList]) -> dict[str, Any]:
    text = request.GET.get("days", "")
    span = int(text) if text in map(str, SPANS) else USUAL_SPAN
    zones = {row.publication.time_zone for row in rows}
    zone = ZoneInfo(zones.pop()) if len(zones) == 1 else timezone.get_current_timezone()
    days = growth.growth(rows, until=timezone.now().astimezone(zone).date(), days=span)
    return {"growth": days, "chart": chart(days), "span": span, "spans": SPANS}


def _tab() -> dict[str, str]:
    return {"here": "audience", "tab": "lists"}
