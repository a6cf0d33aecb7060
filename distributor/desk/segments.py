"""Segments on the desk: the rules that say whom a letter is for, and how many people they hold for now."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from distributor.audience import segments as audience
from distributor.audience.models import Segment
from distributor.desk.access import editor
from distributor.desk.publication_scope import narrow
from distributor.desk.segment_builder import builder
from distributor.desk.segment_forms import LONGEST_RULE, SegmentForm
from distributor.desk.sentences import translation
from distributor.domain.errors import BadInput
from distributor.domain.segment_words import describe, read_words_or_json, spell, to_json
from distributor.domain.segments import parse
from distributor.letters.models import Publication


@editor
@require_safe
def segments(request: HttpRequest) -> HttpResponse:
    """All segments, each with its rule in words."""
    all_segments = narrow(Segment.objects.select_related("publication").order_by("publication__name", "name"))
    descriptions = [(segment, describe(parse(segment.rule))) for segment in all_segments]
    return render(request, "desk/segments.html", {"shown": descriptions, "here": "segments"})


@editor
@require_safe
def people(request: HttpRequest, segment_id: int) -> HttpResponse:
    """How many people would get mail now, as a fragment: on a large list that takes a moment each."""
    return render(request, "desk/segment_people.html", _count_context(get_object_or_404(_segments(), pk=segment_id)))


@editor
@require_POST
def words(request: HttpRequest) -> JsonResponse:
    """The words of a rule that was put together by clicking, or why there are none."""
    try:
        rule = read_words_or_json(request.POST.get("rule", "")[:LONGEST_RULE])
        audience.condition(rule, _publication(request))
    except BadInput as error:
        return JsonResponse({"words": "", "problem": translation(str(error))})
    return JsonResponse({"words": spell(rule), "rule": to_json(rule), "who": describe(rule), "problem": ""})


@editor
@require_POST
def count(request: HttpRequest) -> HttpResponse:
    """How many people would get mail now by a rule, as a fragment."""
    try:
        rule = read_words_or_json(request.POST.get("rule", "")[:LONGEST_RULE])
    except BadInput as error:
        return render(request, "desk/segment_people.html", {"problem": str(error), "people": None})
    draft = Segment(publication=_publication(request), rule=to_json(rule))
    return render(request, "desk/segment_count.html", _count_context(draft))


def _publication(request: HttpRequest) -> Publication:
    """Return the publication whose lists a rule is about. Raises Http404."""
    number = request.POST.get("publication", "")
    return get_object_or_404(Publication, pk=int(number) if number.isascii() and number.isdigit() else 0)


@editor
@require_http_methods(["GET", "HEAD", "POST"])
def new_segment(request: HttpRequest) -> HttpResponse:
    """Make a segment."""
    return _edit(request, None)


@editor
@require_http_methods(["GET", "HEAD", "POST"])
def segment(request: HttpRequest, segment_id: int) -> HttpResponse:
    """Look at a segment, or give it another name and rule."""
    return _edit(request, get_object_or_404(_segments(), pk=segment_id))


@editor
@require_POST
def remove_segment(request: HttpRequest, segment_id: int) -> HttpResponse:
    """Forget a segment."""
    segment = get_object_or_404(_segments(), pk=segment_id)
    try:
        audience.remove(segment)
    except BadInput as error:
        messages.error(request, str(error))
        return redirect("desk:segment", segment_id)
    messages.success(request, f"{segment.name} is removed.")
    return redirect("desk:segments")


def _edit(request: HttpRequest, segment: Segment | None) -> HttpResponse:
    form = SegmentForm(request.POST or None, segment=segment)
    context = {"form": form, "segment": segment, "builder": builder(form.readable_rule()), "here": "segments"}
    if not form.is_bound:
        return render(request, "desk/segment.html", {**context, **(_count_context(segment) if segment else {})})
    if not form.is_valid():
        return render(request, "desk/segment.html", context, status=422)
    if "count" in request.POST:
        return render(request, "desk/segment.html", {**context, **_count_context(form.segment())})
    stored_segment = audience.add(
        form.cleaned_data["publication"],
        form.cleaned_data["slug"],
        name=form.cleaned_data["name"],
        rule=form.cleaned_data["rule"],
    )
    messages.success(request, f"{stored_segment.name} is stored.")
    return redirect("desk:segment", stored_segment.pk)


def _count_context(segment: Segment) -> dict[str, object]:
    """Return who is in a segment in words, and how many, or why nobody can say."""
    context = {"who": describe(parse(segment.rule)), "people": None, "problem": ""}
    try:
        return {**context, "people": audience.count(segment)}
    except BadInput as error:
        return {**context, "problem": str(error)}


def _segments() -> QuerySet[Segment]:
    return Segment.objects.select_related("publication")
