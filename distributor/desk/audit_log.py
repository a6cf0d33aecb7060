"""The page of who did what: filtered, gone through from the latest on, and exported."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final, cast

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from distributor.audience.csv_cells import harmless
from distributor.desk.access import manager
from distributor.desk.publication_scope import narrow
from distributor.letters.models import Publication
from distributor.page_numbers import id_before
from distributor.people import audit
from distributor.people.models import AuditEntry

PAGE_SIZE: Final = 50
COLUMNS: Final = ("at", "actor", "door", "address", "action", "subject", "publication", "before", "after", "details")


class AuditFilter(forms.Form):
    """Which entries are shown; all fields may be empty. What is wrong is said beside it, and filters nothing."""

    who = forms.CharField(required=False, max_length=200)
    what = forms.CharField(required=False, max_length=100)
    publication = forms.ModelChoiceField(
        Publication.objects.none(), required=False, to_field_name="slug", empty_label=_("All publications")
    )
    since = forms.DateField(required=False, input_formats=["%Y-%m-%d"])
    until = forms.DateField(required=False, input_formats=["%Y-%m-%d"])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        publication = self.fields["publication"]
        assert isinstance(publication, forms.ModelChoiceField)
        publication.queryset = narrow(Publication.objects.order_by("name"), "pk")
        for name in ("since", "until"):
            self.fields[name].error_messages["invalid"] = _("Give a day, such as 2026-12-01.")

    def entries(self) -> QuerySet[AuditEntry]:
        """Return the entries, the latest first."""
        rows = narrow(audit.entries())
        self.is_valid()
        values = self.cleaned_data
        if text := values.get("who"):
            rows = rows.filter(actor__icontains=text)
        if text := values.get("what"):
            rows = rows.filter(action__icontains=text) | rows.filter(subject__icontains=text)
        if publication := values.get("publication"):
            rows = rows.filter(publication=publication)
        if since := values.get("since"):
            rows = rows.filter(at__gte=_begin(since))
        if until := values.get("until"):
            rows = rows.filter(at__lt=_begin(until + timedelta(days=1)))
        return rows

    def query(self) -> dict[str, str]:
        """Return what is filled in, for the addresses of other pages."""
        return {name: text for name in self.fields if (text := self.data.get(name, "").strip())}


def _begin(day: Any) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day))  # noqa: DTZ001 - made aware here


@manager
@require_safe
def audit_log(request: HttpRequest) -> HttpResponse:
    """Who did what, the latest first."""
    form = AuditFilter(request.GET)
    rows = form.entries()
    if (before := id_before(request)) is not None:
        rows = rows.filter(pk__lt=before)
    shown = list(rows[: PAGE_SIZE + 1])
    context = {
        "form": form,
        "rows": [(row, _changes(row)) for row in shown[:PAGE_SIZE]],
        "older": shown[PAGE_SIZE - 1].pk if len(shown) > PAGE_SIZE else None,
        "query": form.query(),
        "zone": timezone.get_current_timezone_name(),
        "here": "editors",
    }
    return render(request, "desk/audit.html", context, status=200)


@manager
@require_safe
def export_audit(request: HttpRequest) -> HttpResponse:
    """What the filter is about as a table, one row an entry."""
    rows = AuditFilter(request.GET).entries()
    response = StreamingHttpResponse(_lines(rows), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="audit.csv"'
    return cast("HttpResponse", response)  # as good as one: it is only written piece by piece


def _lines(rows: QuerySet[AuditEntry]) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield writer.writerow(COLUMNS)
    for row in rows.iterator(chunk_size=2000):
        yield writer.writerow([harmless(cell) for cell in _cells(row)])


def _cells(row: AuditEntry) -> list[str]:
    texts = [json.dumps(part, ensure_ascii=False) if part else "" for part in (row.before, row.after, row.details)]
    slug = row.publication.slug if row.publication else ""
    return [row.at.isoformat(), row.actor, row.door, row.address, row.action, row.subject, slug, *texts]


class _Line:
    """A file that hands back each line that is written to it."""

    def write(self, line: str) -> str:
        return line


def _changes(row: AuditEntry) -> list[tuple[str, str, str]]:
    """Return what changed: its name, before and after, "" for nothing."""
    names = dict.fromkeys([*row.before, *row.after])
    return [(name, _text(row.before.get(name)), _text(row.after.get(name))) for name in names]


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
