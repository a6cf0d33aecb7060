"""Watched feeds on the desk: what is watched, what was found, and which letters ask."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from distributor.desk.access import editor
from distributor.desk.feed_forms import FeedForm
from distributor.desk.publication_scope import narrow
from distributor.domain.errors import BadInput
from distributor.letters.letter_ids import letter_of
from distributor.newsroom import feed_actions, feed_entries, feed_reports
from distributor.newsroom.models import WatchedFeed

LOOKS_SHOWN = 20


@editor
@require_safe
def feeds(request: HttpRequest) -> HttpResponse:
    """All watched feeds, each with what is so now."""
    rows = [(feed, feed_reports.report(feed)) for feed in narrow(feed_actions.feeds())]
    return render(request, "desk/feeds.html", {"rows": rows, "here": "feeds"})


@editor
@require_http_methods(["GET", "HEAD", "POST"])
def new_feed(request: HttpRequest) -> HttpResponse:
    """Watch a feed."""
    form = FeedForm(request.POST or None)
    if form.is_bound and form.is_valid():
        values = form.cleaned_data
        try:
            feed = feed_actions.add(
                values["publication"], values["url"], form.settings(), actor=request.user.get_username()
            )
        except BadInput as error:
            form.add_error("url", str(error))
        else:
            messages.success(request, f"{feed.name} is watched: what is in it now becomes letters that don’t go out.")
            return redirect("desk:feed", feed.pk)
    return render(
        request,
        "desk/feed_form.html",
        {"form": form, "feed": None, "here": "feeds"},
        status=422 if form.is_bound else 200,
    )


@editor
@require_safe
def feed(request: HttpRequest, feed_id: int) -> HttpResponse:
    """One feed: its state, its last looks, and the letters that ask."""
    row = _feed(feed_id)
    context = {
        "feed": row,
        "report": feed_reports.report(row),
        "looks": row.looks.order_by("-at", "-pk")[:LOOKS_SHOWN],
        "questions": feed_reports.open_entries(row),
        "here": "feeds",
    }
    return render(request, "desk/feed.html", context)


@editor
@require_http_methods(["GET", "HEAD", "POST"])
def edit_feed(request: HttpRequest, feed_id: int) -> HttpResponse:
    """Change what was chosen for a feed."""
    row = _feed(feed_id)
    form = FeedForm(request.POST or None, feed=row)
    if form.is_bound and form.is_valid():
        feed_actions.edit(row, form.settings())
        messages.success(request, "It is saved, and holds for letters that come from now on.")
        return redirect("desk:feed", feed_id)
    context = {"form": form, "feed": row, "here": "feeds"}
    return render(request, "desk/feed_form.html", context, status=422 if form.is_bound else 200)


@editor
@require_POST
def act_on_feed(request: HttpRequest, feed_id: int, action: str) -> HttpResponse:
    """Look now, pause, resume or remove."""
    row = _feed(feed_id)
    step = _ACTIONS.get(action)
    if step is None:
        return HttpResponse(status=404)
    carry_out, sentence = step
    try:
        carry_out(row)
    except BadInput as error:
        messages.error(request, str(error))
    else:
        messages.success(request, sentence.format(name=row.name))
    return redirect("desk:feeds") if action == "remove" else redirect("desk:feed", feed_id)


@editor
@require_POST
def answer(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Say which letter an entry is: one that is there, or one of its own."""
    corrects = request.POST.get("corrects", "").strip()
    if not corrects and "new" not in request.POST:
        messages.error(request, "Give the number of the letter that it corrects, such as L3.")
        return redirect("desk:feeds")
    try:
        letter = letter_of(corrects) if "new" not in request.POST else None
        row = feed_entries.answer(entry_id, corrects=letter, actor=request.user.get_username(), now=timezone.now())
    except BadInput as error:
        messages.error(request, str(error))
        return redirect("desk:feeds")
    messages.success(request, f"“{row.title}” is L{row.letter_id}.")
    return redirect("desk:feed", row.feed_id)


_ACTIONS: Final[dict[str, tuple[Callable[[WatchedFeed], object], str]]] = {
    "look": (feed_actions.ask_for_look, "{name} is looked at as soon as a worker is free."),
    "pause": (feed_actions.pause, "{name} is paused: nothing is taken in until you resume it."),
    "resume": (feed_actions.resume, "{name} is watched, and looked at as soon as a worker is free."),
    "remove": (feed_actions.remove, "{name} is not watched any more; its letters stay."),
}


def _feed(feed_id: int) -> WatchedFeed:
    return get_object_or_404(feed_actions.feeds(), pk=feed_id)
