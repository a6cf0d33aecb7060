"""The digests that went out, or are to."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from distributor.delivery.reports.digests import runs
from distributor.desk.access import writer
from distributor.desk.publication_scope import narrow
from distributor.letters.models import Publication

RUNS = 50  # a publication: weeks of them


@writer
@require_safe
def digests(request: HttpRequest) -> HttpResponse:
    """Each publication's newest runs, with what became of them."""
    runs_of_each = [(brand, runs(brand, most=RUNS)) for brand in narrow(Publication.objects.order_by("name"), "pk")]
    return render(request, "desk/digests.html", {"shown": runs_of_each, "here": "digests"})
