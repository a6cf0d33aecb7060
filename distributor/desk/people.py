"""People on the desk: looked for, and many of them dealt with at once."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from distributor.audience.bulk import Selection, Tally
from distributor.audience.directory import newest, with_subscriptions
from distributor.audience.models import Subscriber
from distributor.audience.suppression import reasons
from distributor.desk.access import editor_of_all
from distributor.desk.bulk_forms import BulkForm
from distributor.desk.people_filter import PeopleFilterForm
from distributor.domain.errors import BadInput
from distributor.locale_formats import number
from distributor.page_numbers import id_before
from distributor.people import audit

PAGE_SIZE = 50
_EXCEPTIONS: Final = ("dropouts", "leavers", "silent", "members")  # of a tally, for the record


@editor_of_all
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """The newest people, or those that a filter is about; each with their lists, and whether they get mail."""
    form = PeopleFilterForm(request.GET)
    context = _context(request, form, BulkForm(filter_form=form))
    is_fragment = request.headers.get("X-Requested-With") == "fetch"
    return render(request, "desk/people_rows.html" if is_fragment else "desk/people.html", context)


def _context(request: HttpRequest, form: PeopleFilterForm, bulk_form: BulkForm) -> dict[str, Any]:
    """Return what the page shows: whom the filter is about; where it can't be used, those who are chosen already."""
    before, chosen_ids = id_before(request), bulk_form.chosen_ids()
    context: dict[str, Any] = {"rows": [], "older": None, "query": {}, "problem": "", "before": before, **_tab()}
    context |= {"form": form, "bulk_form": bulk_form, "chosen_ids": chosen_ids}
    is_usable = form.is_valid()
    context["query"] = form.query()
    if is_usable:
        try:
            context |= _page(newest(form.filter(), before=before, most=PAGE_SIZE + 1))
        except BadInput as error:
            context["problem"] = str(error)
    elif chosen_ids:
        context |= _page(list(Subscriber.objects.filter(pk__in=chosen_ids).order_by("-pk")[:PAGE_SIZE]))
    return context


def _page(rows: list[Subscriber]) -> dict[str, Any]:
    page = list(with_subscriptions(Subscriber.objects.filter(pk__in=[row.pk for row in rows[:PAGE_SIZE]]), None))
    page.sort(key=lambda row: -row.pk)
    suppressions = reasons([row.email for row in page])
    entries = [(row, row.subscriptions.all(), suppressions.get(row.email.lower(), "")) for row in page]
    return {"rows": entries, "older": page[-1].pk if len(rows) > PAGE_SIZE else None}


@editor_of_all
@require_POST
def bulk_people(request: HttpRequest) -> HttpResponse:
    """Ask whether a action for many people is meant, and with what; then do it."""
    filter_form = PeopleFilterForm(request.POST)
    form = BulkForm(request.POST, filter_form=filter_form)
    if not filter_form.is_valid():
        return _refuse(request, form)
    if not form.has_selection():
        return _refuse(request, form, _("Choose people first, or all that the search is about."))
    if not form.is_valid() or "confirmed" not in request.POST:
        return _ask(request, form)
    tally = Tally()
    try:
        _run_recorded(form, tally, request.user.get_username())
    except BadInput as error:
        form.add_error(None, str(error))
        return _ask(request, form)
    sentence = ngettext(
        "Done: %(count)s person is different now.", "Done: %(count)s people are different now.", tally.people
    )
    messages.success(request, sentence % {"count": number(tally.people)})
    if form.cleaned_data["action"] in ("move", "put-on"):
        _tell_exceptions(request, tally, form.cleaned_data["target"].name)
    return redirect(form.address())


def _run_recorded(form: BulkForm, tally: Tally, actor: str) -> None:
    """Do it, with a record of it before, and one of how far it came after that, also where it breaks. Raises BadInput.

    Its groups are stored one by one: a single record at the end would be missing for whoever it had reached.
    """
    action = form.cleaned_data["action"]
    details = {"action": action, **form.record()}
    start = audit.record(f"people.{action}", actor=actor, door="desk", subject="people", details=details)
    outcome = "broken off"
    try:
        form.run(tally, actor=actor)
        outcome = "done"
    except BadInput:
        outcome = "refused"
        raise
    finally:
        details = {"action": action, "entry": start.pk, "people": tally.people, "outcome": outcome}
        details |= {name: count for name in _EXCEPTIONS if (count := getattr(tally, name))}
        audit.record(f"people.{action}.end", actor=actor, door="desk", subject="people", details=details)


def _tell_exceptions(request: HttpRequest, tally: Tally, target: str) -> None:
    """Say of how many of them it is otherwise, and why."""
    sentences = (
        (
            tally.dropouts,
            ngettext(
                "%(count)s person of them had left %(list)s before and stays off it: they are on neither list now.",
                "%(count)s people of them had left %(list)s before and stay off it: they are on neither list now.",
                tally.dropouts,
            ),
        ),
        (
            tally.leavers,
            ngettext(
                "%(count)s person stays off %(list)s: they left it after the day on which they agreed.",
                "%(count)s people stay off %(list)s: they left it after the day on which they agreed.",
                tally.leavers,
            ),
        ),
        (
            tally.silent,
            ngettext(
                "%(count)s person on %(list)s still gets no mail: the address is suppressed.",
                "%(count)s people on %(list)s still get no mail: their addresses are suppressed.",
                tally.silent,
            ),
        ),
        (
            tally.members,
            ngettext(
                "%(count)s person was on %(list)s already.", "%(count)s people were on %(list)s already.", tally.members
            ),
        ),
    )
    for count, sentence in sentences:
        if count:
            messages.warning(request, sentence % {"count": number(count), "list": target})


def _refuse(request: HttpRequest, form: BulkForm, problem: str = "") -> HttpResponse:
    """Show the people again with what is wrong; what was chosen and looked for stays."""
    context = _context(request, form.filter_form, form)
    context["problem"] = context["problem"] or problem
    return render(request, "desk/people.html", context, status=422)


def _ask(request: HttpRequest, form: BulkForm) -> HttpResponse:
    """Show how many people it is about, and what else has to be said."""
    selection = form.selection()
    try:
        count = selection.rows().count()
    except BadInput as error:
        return _refuse(request, form, str(error))
    is_refused = "confirmed" in request.POST
    if not is_refused:
        form.errors.clear()  # nothing was asked for yet
    context = {"form": form, "count": count, "sample": _sample(selection), "is_refused": is_refused, **_tab()}
    return render(request, "desk/people_bulk.html", context, status=422 if is_refused else 200)


def _sample(selection: Selection) -> list[str]:
    return list(selection.rows().order_by("-pk").values_list("email", flat=True)[:5])


def _tab() -> dict[str, str]:
    return {"here": "audience", "tab": "people"}
