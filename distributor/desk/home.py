"""The desk's first page: what needs a person, what goes out now and next, and all letters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from distributor.channels import registry
from distributor.delivery.accounts import health
from distributor.delivery.mail import ledger
from distributor.delivery.models import Account, Dispatch
from distributor.delivery.reports import calendar
from distributor.delivery.reports.calendar import CalendarEntry
from distributor.desk.access import may, may_everywhere, writer
from distributor.desk.letter_filters import LetterFilter
from distributor.desk.needs import needs
from distributor.desk.publication_scope import includes, narrow
from distributor.domain.states import State
from distributor.letters.models import Letter
from distributor.page_numbers import page_of

LETTERS_A_PAGE: Final = 50
MOST_NOW: Final = 20  # dispatches that go out now
MOST_NEXT: Final = 60  # dispatches that are looked at for what is next
NEXT_UP: Final = 8  # letters and times that are shown


@dataclass(frozen=True, slots=True)
class LetterLine:
    """One letter of the list. `sent_at` is when the first of it went out (aware), None before that."""

    letter: Letter
    dispatches: Sequence[Dispatch]
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class DispatchUnderWay:
    """A dispatch that goes out now, and how many of its recipients are done; 0 of 0 for a post."""

    dispatch: Dispatch
    label: str
    done_count: int
    recipients: int


@writer
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What needs a person first, then what goes out, then letters by page; who looks for letters sees those alone."""
    form = LetterFilter(request.GET)
    page = page_of(form.letters(), LETTERS_A_PAGE, request)
    now = timezone.now()
    query = request.GET.copy()
    query.pop("page", None)
    context: dict[str, Any] = {
        "form": form,
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1),
        "lines": [_line(letter) for letter in page.object_list],
        "query": f"&{query.urlencode()}" if query else "",
        "labels": {name: registry.label(name) for name in registry.names()},
        "looks": form.is_used or not form.is_valid() or page.number > 1,
    }
    if not context["looks"]:
        context.update(
            needs=needs(now, answers=may(request, "editor"), decides=may_everywhere(request, "editor")),
            under_way=_under_way(),
            next_up=_next_up(),
            practice=narrow(Account.objects.filter(practice=True)).exists(),
            ailing=[pair for pair in health.warnings(now) if includes(pair[0].publication_id)],
            hues={name: number for number, name in enumerate(registry.names())},
        )
    return render(request, "desk/home.html", context)


def _line(letter: Letter) -> LetterLine:
    dispatches = list(letter.dispatches.all())
    out = (State.SENT.value, State.PARTLY.value, State.RECALLING.value, State.RECALLED.value)
    times = [dispatch.released_at for dispatch in dispatches if dispatch.released_at and dispatch.state in out]
    return LetterLine(letter, dispatches, min(times, default=None))


def _under_way() -> list[DispatchUnderWay]:
    """Return what is going out right now, with how far its mail is."""
    rows = narrow(Dispatch.objects.filter(state=State.SENDING.value)).select_related("letter", "digest", "publication")
    rows = rows.defer("variant", "approved_variant", "letter__body_html", "letter__body_text").order_by(
        "released_at", "pk"
    )
    dispatches = list(rows[:MOST_NOW])
    counts = ledger.counts(dispatch for dispatch in dispatches if dispatch.spread_from is not None)
    return [
        DispatchUnderWay(dispatch, registry.label(dispatch.channel), count.recipients - count.waiting, count.recipients)
        for dispatch in dispatches
        for count in [counts.get(dispatch.pk, ledger.Counts())]
    ]


def _next_up() -> list[CalendarEntry]:
    """Return what is approved and goes out next, letters' channels of one minute together."""
    rows = calendar.slim(narrow(Dispatch.objects.filter(state__in=(State.HELD.value, State.SCHEDULED.value))))
    cells = calendar.entries(
        rows.order_by("due_at", "position", "pk")[:MOST_NEXT],
        cell=lambda moment: moment.replace(second=0, microsecond=0),
    )
    return sorted((entry for entries in cells.values() for entry in entries), key=lambda entry: entry.at)[:NEXT_UP]
