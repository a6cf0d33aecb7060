"""One person on the desk: what is known of them, what they got and did with it, and what can be done."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from distributor.audience import actions, privacy, suppression
from distributor.audience.models import Engagement, Subscriber
from distributor.audience.subscriptions import PersonResult, store_people
from distributor.desk.access import editor_of_all
from distributor.desk.person_forms import CADENCES, NewPersonForm, PersonForm, PlaceForm
from distributor.desk.person_history import mail_records
from distributor.domain.errors import BadInput
from distributor.insights.person_reads import returned_events
from distributor.page_numbers import id_before
from distributor.people import audit

MAILS_A_PAGE = 25
EVENTS_SHOWN = 20
_MEMBERS = ("attributes", "email", "language", "name", "tags", "time_zone")


@editor_of_all
@require_http_methods(["GET", "HEAD", "POST"])
def new_person(request: HttpRequest) -> HttpResponse:
    """Add somebody, or change who has that address already."""
    form = NewPersonForm(request.POST or None)
    if form.is_bound and form.is_valid():
        result = _store_new(form, request.user.get_username())
        if result.subscriber is not None and not result.problem:
            _tell(request, result.subscriber, is_new=result.is_new, kept_off="left" in result.placements.values())
            return redirect("desk:person", result.subscriber.pk)
        form.add_error(None, result.problem)
    return _form_page(request, form, None)


def _store_new(form: NewPersonForm, actor: str) -> PersonResult:
    with transaction.atomic():
        (result,) = store_people([form.draft()], actor=actor)
        if result.subscriber is not None and not result.problem:
            action = "people.create" if result.is_new else "people.update"
            placements = {row.slug: result.placements[row.pk] for row in form.cleaned_data["lists"]}
            subject = f"person {result.subscriber.key}"
            audit.record(action, actor=actor, door="desk", subject=subject, details={"lists": placements})
    return result


def _tell(request: HttpRequest, person: Subscriber, *, is_new: bool, kept_off: bool) -> None:
    if is_new:
        messages.success(request, _("%(email)s is added.") % {"email": person.email})
    else:
        messages.success(request, _("%(email)s was here already: what you typed is stored.") % {"email": person.email})
    if kept_off:
        messages.warning(request, _("They left a list after the day on which they agreed, and stay off it."))


@editor_of_all
@require_safe
def person(request: HttpRequest, subscriber_id: int) -> HttpResponse:
    """Everything about one person, their mails a page at a time."""
    row = get_object_or_404(Subscriber, pk=subscriber_id)
    return render(request, "desk/person.html", {**_context(request, row), "place_form": PlaceForm()})


@editor_of_all
@require_http_methods(["GET", "HEAD", "POST"])
def edit_person(request: HttpRequest, subscriber_id: int) -> HttpResponse:
    """Change what is known of somebody."""
    row = get_object_or_404(Subscriber, pk=subscriber_id)
    form = PersonForm(request.POST or None, person=row)
    if form.is_bound and form.is_valid():
        try:
            with transaction.atomic():
                _change(row, form, request.user.get_username())
        except BadInput as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved."))
            email = form.cleaned_data["email"]
            if email != row.email and suppression.is_suppressed(email):
                messages.warning(request, _("They get no mail at this address: “Let them get mail again” ends that."))
            return redirect("desk:person", row.pk)
    return _form_page(request, form, row)


def _change(row: Subscriber, form: PersonForm, actor: str) -> None:
    """Store what was typed. Raises BadInput."""
    row = Subscriber.objects.select_for_update(no_key=True).get(pk=row.pk)
    earlier_values = {name: getattr(row, name) for name in _MEMBERS}
    actions.change_address(row, form.cleaned_data["email"])
    (result,) = store_people([form.draft(row)], actor=actor)
    if result.problem:
        raise BadInput(result.problem)
    row.refresh_from_db()
    members = [name for name, value in earlier_values.items() if getattr(row, name) != value]
    audit.record("people.update", actor=actor, door="desk", subject=f"person {row.key}", details={"members": members})


def _form_page(request: HttpRequest, form: Any, row: Subscriber | None) -> HttpResponse:
    context = {"form": form, "person": row, "here": "audience", "tab": "people"}
    return render(request, "desk/person_form.html", context, status=422 if form.errors else 200)


@editor_of_all
@require_POST
def export_person(request: HttpRequest, subscriber_id: int) -> HttpResponse:
    """Everything that is stored about somebody, as a file to hand to them."""
    row = get_object_or_404(Subscriber, pk=subscriber_id)
    data = privacy.stored_data(row.email)
    audit.record("people.export", actor=request.user.get_username(), door="desk", subject=f"person {row.key}")
    text = json.dumps(data, ensure_ascii=False, indent=2)
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="person-{row.key}.json"'
    return response


@editor_of_all
@require_http_methods(["GET", "HEAD", "POST"])
def erase_person(request: HttpRequest, subscriber_id: int) -> HttpResponse:
    """Ask whether that is meant; erase somebody once it is agreed to."""
    row = get_object_or_404(Subscriber, pk=subscriber_id)
    is_asked_for = request.method == "POST"
    if is_asked_for and "confirmed" in request.POST:
        erasure = privacy.erase(row.email)
        details = {"erased": erasure.subscriber}
        actor = request.user.get_username()
        audit.record("people.erase", actor=actor, door="desk", subject="a person", details=details)
        messages.success(request, _("They are erased. A keyed hash of the address stays, so that no import adds them."))
        return redirect("desk:people")
    context = {"person": row, "is_refused": is_asked_for, "here": "audience", "tab": "people"}
    return render(request, "desk/person_erase.html", context, status=422 if is_asked_for else 200)


def placement_page(request: HttpRequest, row: Subscriber, form: PlaceForm) -> HttpResponse:
    """Return somebody's page with what is wrong with the list they are to be put on."""
    return render(request, "desk/person.html", {**_context(request, row), "place_form": form}, status=422)


def _context(request: HttpRequest, row: Subscriber) -> dict[str, Any]:
    records = mail_records(row, before=id_before(request), most=MAILS_A_PAGE + 1)
    subscriptions = list(row.subscriptions.select_related("list__publication").order_by("list__name"))
    publications = {place.list.publication for place in subscriptions if place.state == "active"}
    return {
        "person": row,
        "subscriptions": subscriptions,
        "cadences": CADENCES,
        "publications": sorted(publications, key=lambda publication: publication.name),
        "suppression": suppression.standing(row.email),
        "engagement": Engagement.objects.filter(subscriber=row).first(),
        "consents": row.consents.select_related("list").order_by("-at", "-pk"),
        "events": list(returned_events(row)[:EVENTS_SHOWN]),
        "records": records[:MAILS_A_PAGE],
        "older": records[MAILS_A_PAGE - 1].mail.dispatch.pk if len(records) > MAILS_A_PAGE else None,
        "zone": timezone.get_current_timezone_name(),
        "here": "audience",
        "tab": "people",
    }
