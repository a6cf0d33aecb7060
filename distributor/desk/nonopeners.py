"""Sending a mailing to who has not opened it: how many they are and under which subject, then one clear yes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from distributor.delivery import actions, resend
from distributor.delivery.mail import nonopeners
from distributor.delivery.models import Dispatch
from distributor.delivery.variants import concerns
from distributor.desk import dispatch_buttons
from distributor.desk.access import editor, role_of
from distributor.desk.dispatches import dispatch_row
from distributor.domain.dispatch_actions import ACTIONS
from distributor.domain.errors import BadInput, DistributorError, StateError

ACTION = ACTIONS["resend-unopened"]


@editor
@require_http_methods(["GET", "HEAD", "POST"])
def resend_unopened(request: HttpRequest, dispatch_id: int) -> HttpResponse:
    """Ask for a subject, then for a yes that says how many get it; a POST with that yes does it."""
    record = dispatch_row(dispatch_id)
    if request.method == "POST":
        return _perform(request, record)
    subject = request.GET.get("subject")
    if subject is None:
        return _form(request, record)
    try:
        line = resend.own_subject(record, subject)
    except BadInput as error:
        return _form(request, record, subject=subject, problem=str(error))
    return _form(request, record, subject=line, question=actions.question(ACTION.name, record))


def _perform(request: HttpRequest, record: Dispatch) -> HttpResponse:
    subject = request.POST.get("subject", "")
    agreed = request.POST.get("confirmed") == dispatch_buttons.YES
    role, actor = role_of(request, record.publication), request.user.get_username()
    try:
        result = actions.perform(ACTION.name, record.pk, role=role, actor=actor, confirmed=agreed, subject=subject)
    except StateError as error:
        messages.error(request, str(error))
        return redirect("desk:letter", record.letter_id) if record.letter_id else redirect("desk:dispatch", record.pk)
    except DistributorError as error:
        return _form(request, record, subject=subject, problem=str(error))
    messages.success(request, result.sentence)
    for sentence in concerns.warnings(result.concerns):
        messages.warning(request, sentence)
    return redirect("desk:letter", record.letter_id)


def _form(
    request: HttpRequest, record: Dispatch, *, subject: str = "", problem: str = "", question: str = ""
) -> HttpResponse:
    """Show the page: with a `question` the yes to it, else the field for a subject."""
    context: dict[str, Any] = {
        "dispatch": record,
        "letter": record.letter,
        "subject": subject,
        "problem": problem,
        "question": question,
        "argument": ACTION.arguments[0],
        "refusal": _refusal_of(record),
        "count": None,
    }
    if not context["refusal"]:
        context["count"] = nonopeners.count(resend.first_of(record))
    return render(request, "desk/resend_unopened.html", context, status=422 if problem else 200)


def _refusal_of(record: Dispatch) -> str:
    """Return why a dispatch can't be sent again to who has not opened it, "" where it can."""
    try:
        resend.check_nonopeners(record)
    except StateError as error:
        return str(error)
    return ""
