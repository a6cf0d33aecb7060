"""What can be done with one person on the desk: their places on lists, and whether they get mail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from distributor.audience import actions, bulk, suppression
from distributor.audience.bulk import Selection, Tally
from distributor.audience.causes import EDITOR, Cause
from distributor.audience.models import MailingList, Subscriber, Subscription
from distributor.audience.subscriptions import PersonDraft, store_people
from distributor.desk.access import editor_of_all
from distributor.desk.person import placement_page
from distributor.desk.person_forms import PlaceForm
from distributor.domain.errors import BadInput
from distributor.insights import reversals
from distributor.letters.models import Publication
from distributor.people import audit


@dataclass(frozen=True, slots=True)
class _Deed:
    """What was done with somebody: the sentence for who did it, the rest for the record."""

    sentence: str
    publication: Publication | None = None
    details: Mapping[str, str] = field(default_factory=dict)


@editor_of_all
@require_POST
def act_on_person(request: HttpRequest, subscriber_id: int, action: str) -> HttpResponse:
    """Do one of the actions with somebody; what can't be is said."""
    person = get_object_or_404(Subscriber, pk=subscriber_id)
    if action == "put-on":
        return _put_on(request, person)
    if action not in _ACTIONS:
        raise Http404
    try:
        with transaction.atomic():
            deed = _ACTIONS[action](request, person)
            _record(request, person, action, deed)
    except BadInput as error:
        messages.error(request, str(error))
    else:
        messages.success(request, deed.sentence)
    return redirect("desk:person", person.pk)


def _record(request: HttpRequest, person: Subscriber, action: str, deed: _Deed) -> None:
    audit.record(
        f"people.{action}",
        actor=request.user.get_username(),
        door="desk",
        subject=f"person {person.key}",
        publication=deed.publication,
        details=deed.details,
    )


def _put_on(request: HttpRequest, person: Subscriber) -> HttpResponse:
    form = PlaceForm(request.POST)
    if form.is_valid():
        target = form.cleaned_data["target"]
        draft = PersonDraft(email=person.email, lists=[target], consent=form.agreement())
        with transaction.atomic():
            (result,) = store_people([draft], actor=request.user.get_username())
            if not result.problem:
                details = {"list": target.slug, "placement": result.placements[target.pk]}
                _record(request, person, "put-on", _Deed("", target.publication, details))
        if not result.problem:
            _tell_placement(request, target, result.placements[target.pk])
            return redirect("desk:person", person.pk)
        form.add_error(None, result.problem)
    return placement_page(request, person, form)


def _tell_placement(request: HttpRequest, target: MailingList, placement: str) -> None:
    if placement == "left":
        messages.error(
            request,
            _("They left %(list)s later than they agreed, and stay off it: only a later consent brings them back.")
            % {"list": target.name},
        )
    elif placement == "there already":
        messages.info(request, _("They are on %(list)s already; the consent is kept.") % {"list": target.name})
    else:
        messages.success(request, _("They are on %(list)s now.") % {"list": target.name})


def _take_off(request: HttpRequest, person: Subscriber) -> _Deed:
    origin = _list(request, "origin")
    how = f"taken off by {request.user.get_username()}"
    if not actions.unsubscribe(person.key, lists=[origin], how=how, cause=Cause(EDITOR)):
        raise BadInput(_("They are not on %(list)s any more.") % {"list": origin.name})
    return _Deed(_("They are off %(list)s.") % {"list": origin.name}, origin.publication, {"list": origin.slug})


def _move(request: HttpRequest, person: Subscriber) -> _Deed:
    origin, target = _list(request, "origin"), _list(request, "target")
    selection, tally = Selection(ids=(person.pk,)), Tally()
    if not bulk.move(selection, origin=origin, target=target, actor=request.user.get_username(), tally=tally):
        raise BadInput(_("They are not on %(list)s any more.") % {"list": origin.name})
    if tally.dropouts:
        names = {"list": target.name, "origin": origin.name}
        raise BadInput(
            _("They left %(list)s before, and stay on %(origin)s: only a later consent puts them on %(list)s.") % names
        )
    details = {"origin": origin.slug, "list": target.slug}
    return _Deed(_("They are moved to %(list)s.") % {"list": target.name}, target.publication, details)


def _set_cadence(request: HttpRequest, person: Subscriber) -> _Deed:
    cadence = request.POST.get("cadence", "")
    publication = Publication.objects.filter(pk=_number(request, "publication")).first()
    if cadence not in Subscription.Cadence.values or publication is None:
        raise BadInput(_("Choose how often they get letters."))
    if not actions.set_cadence(person.key, publication=publication, cadence=Subscription.Cadence(cadence)):
        raise BadInput(_("They are on no list of %(publication)s.") % {"publication": publication.name})
    return _Deed(_("From now on they get letters like that."), publication, {"cadence": cadence})


def _suppress(request: HttpRequest, person: Subscriber) -> _Deed:
    detail = request.POST.get("detail", "").replace("\0", "").strip() or f"by {request.user.get_username()}"
    if not suppression.suppress_one(person.email, detail=detail):
        raise BadInput(_("They got no mail before."))
    return _Deed(_("They get no mail any more. Their places on lists stay as they are."))


def _lift(request: HttpRequest, person: Subscriber) -> _Deed:
    if not reversals.lift(person.email, actor=request.user.get_username()):
        raise BadInput(_("They can get mail already."))
    return _Deed(_("They can get mail again."))


def _list(request: HttpRequest, name: str) -> MailingList:
    mailing_list = MailingList.objects.filter(pk=_number(request, name)).first()
    if mailing_list is None:
        raise BadInput(_("Choose a list."))
    return mailing_list


def _number(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


_ACTIONS: Final[dict[str, Callable[[HttpRequest, Subscriber], _Deed]]] = {
    "take-off": _take_off,
    "move": _move,
    "cadence": _set_cadence,
    "suppress": _suppress,
    "lift": _lift,
}
