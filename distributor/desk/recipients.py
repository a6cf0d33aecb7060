"""Who received a mailing: looked for by address, name and outcome, and as CSV."""

from __future__ import annotations

from typing import Final, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from distributor.delivery.models import Delivery, Dispatch
from distributor.delivery.reports import recipients as report
from distributor.desk.access import editor, may_everywhere
from distributor.desk.dispatches import dispatch_row
from distributor.page_numbers import id_before
from distributor.stored_streams import file_answer

PAGE_SIZE: Final = 50
LONGEST_TEXT: Final = 200
OUTCOMES: Final = tuple(outcome.value for outcome in Delivery.Outcome)


@editor
@require_safe
def recipients(request: HttpRequest, dispatch_id: int) -> HttpResponse:
    """Show who received a mailing and what became of each, a page at a time."""
    record = _mailing(dispatch_id)
    outcome, text = _outcome(request), request.GET.get("q", "").strip()[:LONGEST_TEXT]
    rows = report.page(record, outcome=outcome, text=text, before=id_before(request), most=PAGE_SIZE + 1)
    query = {name: value for name, value in (("q", text), ("outcome", outcome)) if value}
    context = {
        "dispatch": record,
        "rows": rows[:PAGE_SIZE],
        "older": rows[PAGE_SIZE - 1].subscriber if len(rows) > PAGE_SIZE else None,
        "query": query,
        "text": text,
        "outcome": outcome,
        "outcomes": OUTCOMES,
        "may_open_people": may_everywhere(request, "editor"),
    }
    return render(request, "desk/recipients.html", context)


@editor
@require_safe
def export_recipients(request: HttpRequest, dispatch_id: int) -> HttpResponse:
    """Answer with everyone who has an outcome, or this one, as CSV."""
    record = _mailing(dispatch_id)
    rows = report.export(record, outcome=_outcome(request))
    answer = file_answer(rows, "text/csv; charset=utf-8", file_name=f"dispatch-{record.pk}.csv")
    return cast("HttpResponse", answer)


def _outcome(request: HttpRequest) -> str:
    outcome = request.GET.get("outcome", "")
    return outcome if outcome in OUTCOMES else ""


def _mailing(dispatch_id: int) -> Dispatch:
    record = dispatch_row(dispatch_id)
    if record.spread_from is None:
        raise Http404
    return record
