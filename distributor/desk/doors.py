"""Intake doors on the desk: which there are, what arrived, and the keys that other systems need."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from distributor.desk.access import admin, editor, may
from distributor.desk.door_forms import LABELS, DoorForm
from distributor.desk.publication_scope import narrow
from distributor.domain.errors import BadInput, CredentialsError
from distributor.letters.letter_ids import letter_of
from distributor.newsroom import arrivals, door_actions
from distributor.newsroom.models import Arrival, IntakeDoor

ARRIVALS_SHOWN = 50


@editor
@require_safe
def doors(request: HttpRequest) -> HttpResponse:
    """All doors, each with what asks."""
    rows = narrow(door_actions.doors()).annotate(asks=Count("arrivals", filter=Q(arrivals__state=Arrival.State.ASKS)))
    last_arrivals = {row.pk: row.arrivals.order_by("-at", "-pk").first() for row in rows}
    context = {"doors": rows, "last_arrivals": last_arrivals, "labels": LABELS, "here": "doors"}
    return render(request, "desk/doors.html", context)


@admin
@require_http_methods(["GET", "HEAD", "POST"])
def new_door(request: HttpRequest) -> HttpResponse:
    """Open a door. Its keys are shown on the page that follows, to admins."""
    form = DoorForm(request.POST or None)
    if form.is_bound and form.is_valid():
        values = form.cleaned_data
        try:
            row = door_actions.add(
                values["publication"], values["kind"], form.settings(), actor=request.user.get_username()
            )
        except BadInput as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{row.name} is open: give its address and secret to the other system.")
            return redirect("desk:door", row.pk)
    context = {"form": form, "door": None, "labels": LABELS, "here": "doors"}
    return render(request, "desk/door_form.html", context, status=422 if form.is_bound else 200)


@editor
@require_safe
def door(request: HttpRequest, door_id: int) -> HttpResponse:
    """One door and what arrived at it; admins see its address and secret."""
    row = _door(door_id)
    keys, problem = None, ""
    if may(request, "admin", row.publication):
        try:
            keys = door_actions.keys(row)
        except CredentialsError as error:
            problem = str(error)
    context = {
        "door": row,
        "keys": keys,
        "problem": problem,
        "arrivals": row.arrivals.select_related("letter").order_by("-at", "-pk")[:ARRIVALS_SHOWN],
        "labels": LABELS,
        "here": "doors",
    }
    return render(request, "desk/door.html", context)


@admin
@require_http_methods(["GET", "HEAD", "POST"])
def edit_door(request: HttpRequest, door_id: int) -> HttpResponse:
    """Change what was chosen for a door."""
    row = _door(door_id)
    form = DoorForm(request.POST or None, door=row)
    if form.is_bound and form.is_valid():
        try:
            door_actions.edit(row, form.settings())
        except BadInput as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "It is saved, and holds for letters that come from now on.")
            return redirect("desk:door", door_id)
    context = {"form": form, "door": row, "labels": LABELS, "here": "doors"}
    return render(request, "desk/door_form.html", context, status=422 if form.is_bound else 200)


@admin
@require_POST
def act_on_door(request: HttpRequest, door_id: int, action: str) -> HttpResponse:
    """Open, close, give new keys, or remove."""
    row = _door(door_id)
    if action == "open":
        door_actions.switch(row, is_open=True)
        messages.success(request, f"{row.name} is open.")
    elif action == "close":
        door_actions.switch(row, is_open=False)
        messages.success(request, f"{row.name} is closed: nothing is taken.")
    elif action == "keys":
        door_actions.new_keys(row)
        messages.success(request, "It has another address and secret: the old ones open nothing any more.")
    elif action == "remove":
        door_actions.remove(row)
        messages.success(request, f"{row.name} is gone; its letters stay.")
        return redirect("desk:doors")
    else:
        return HttpResponse(status=404)
    return redirect("desk:door", door_id)


@editor
@require_POST
def answer_arrival(request: HttpRequest, arrival_id: int) -> HttpResponse:
    """Say which letter an arrival is: one that is there, or one of its own."""
    row = get_object_or_404(Arrival, pk=arrival_id)
    corrects = request.POST.get("corrects", "").strip()
    if not corrects and "new" not in request.POST:
        messages.error(request, "Give the number of the letter that it corrects, such as L3.")
        return redirect("desk:door", row.door_id)
    try:
        letter = letter_of(corrects) if "new" not in request.POST else None
        row = arrivals.answer(arrival_id, corrects=letter, actor=request.user.get_username())
    except BadInput as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"“{row.title}” is L{row.letter_id}.")
    return redirect("desk:door", row.door_id)


def _door(door_id: int) -> IntakeDoor:
    return get_object_or_404(door_actions.doors(), pk=door_id)
