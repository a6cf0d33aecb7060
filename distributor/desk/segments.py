"""Segments on the desk: the rules that say whom a letter is for, and how many people they hold for now."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from distributor.audience import segments as audience
from distributor.audience.models import Segment
from distributor.desk.access import editor
from distributor.desk.segment_forms import SegmentForm
from distributor.domain.errors import BadInput
from distributor.domain.segment_words import describe
from distributor.domain.segments import parse


@editor
@require_safe
def segments(request: HttpRequest) -> HttpResponse:
    """All segments, each with its rule in words."""
    known = Segment.objects.select_related("publication").order_by("publication__name", "name")
    shown = [(one, describe(parse(one.rule))) for one in known]
    return render(request, "desk/segments.html", {"shown": shown, "here": "segments"})


@editor
@require_safe
def people(request: HttpRequest, segment_id: int) -> HttpResponse:
    """How many people would get mail now, as a fragment: on a large list that takes a moment each."""
    return render(request, "desk/people.html", _counted(get_object_or_404(_known(), pk=segment_id)))


@editor
@require_http_methods(["GET", "HEAD", "POST"])
def new_segment(request: HttpRequest) -> HttpResponse:
    """Make a segment."""
    return _edit(request, None)


@editor
@require_http_methods(["GET", "HEAD", "POST"])
def segment(request: HttpRequest, segment_id: int) -> HttpResponse:
    """Look at a segment, or give it another name and rule."""
    return _edit(request, get_object_or_404(_known(), pk=segment_id))


@editor
@require_POST
def remove_segment(request: HttpRequest, segment_id: int) -> HttpResponse:
    """Forget a segment."""
    known = get_object_or_404(_known(), pk=segment_id)
    try:
        audience.remove(known)
    except BadInput as error:
        messages.error(request, str(error))
        return redirect("desk:segment", segment_id)
    messages.success(request, f"{known.name} is removed.")
    return redirect("desk:segments")


def _edit(request: HttpRequest, known: Segment | None) -> HttpResponse:
    form = SegmentForm(request.POST or None, segment=known)
    context = {"form": form, "segment": known, "here": "segments"}
    if not form.is_bound:
        return render(request, "desk/segment.html", {**context, **(_counted(known) if known else {})})
    if not form.is_valid():
        return render(request, "desk/segment.html", context, status=422)
    if "count" in request.POST:
        return render(request, "desk/segment.html", {**context, **_counted(form.segment())})
    made = audience.add(
        form.cleaned_data["publication"],
        form.cleaned_data["slug"],
        name=form.cleaned_data["name"],
        rule=form.cleaned_data["rule"],
    )
    messages.success(request, f"{made.name} is stored.")
    return redirect("desk:segment", made.pk)


def _counted(asked: Segment) -> dict[str, object]:
    """Return who is in a segment in words, and how many, or why nobody can say."""
    told = {"who": describe(parse(asked.rule)), "people": None, "problem": ""}
    try:
        return {**told, "people": audience.count(asked)}
    except BadInput as error:
        return {**told, "problem": str(error)}


def _known() -> QuerySet[Segment]:
    return Segment.objects.select_related("publication")
