"""What the pages of an unsubscribe link show, what readers ask for there, and what is done of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from http import HTTPStatus
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from django.http import HttpRequest, QueryDict

from distributor.audience import actions
from distributor.audience.causes import ONE_CLICK, PAGE, Cause
from distributor.audience.memberships import come_back, membership
from distributor.audience.models import MailingList, Subscriber, Subscription
from distributor.audience.unsubscription import dispatch_with, lists_to_leave
from distributor.domain.errors import BadInput
from distributor.letters.models import Publication

_FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
_CADENCES = ", ".join(f"“{cadence}”" for cadence in Subscription.Cadence.values)


class Wish(Enum):
    """What a reader asks for: the values are those of our own forms' field `action`."""

    LEAVE = "leave"
    COME_BACK = "come back"
    ONE_CLICK = "one-click"  # RFC 8058 §3.1: List-Unsubscribe=One-Click, from a mail program
    CADENCE = "cadence"


@dataclass(frozen=True, slots=True)
class Answer:
    """A page: its template, what it shows, and its HTTP status."""

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    status: HTTPStatus = HTTPStatus.OK


@dataclass(frozen=True, slots=True)
class Visit:
    """Someone with the link of a mail: subscriber's and dispatch's key, and the lists that it leads out of."""

    person: UUID
    dispatch: UUID
    lists: Sequence[MailingList]

    def ask(self) -> Answer:
        """Show where they stand, and what they can do; changes nothing."""
        if membership(self.person, self.lists).is_on:
            return Answer("reader/leave.html", self._context())
        return self._off()

    def answer(self, request: HttpRequest) -> Answer:
        """Do what a POST asks for and show what was done. Raises BadInput where it asks for nothing that can be."""
        form = _form(request)
        match _wish(form):
            case Wish.COME_BACK:
                return self._come_back()
            case Wish.CADENCE:
                return self._change(_cadence(form))
            case wish:
                return self._leave(wish)

    def _leave(self, wish: Wish) -> Answer:
        source, how = (ONE_CLICK, "one click") if wish is Wish.ONE_CLICK else (PAGE, "unsubscribe link")
        cause = Cause(source, dispatch_with(self.dispatch))
        actions.unsubscribe(self.person, lists=self.lists, how=how, cause=cause)
        return self._off()

    def _off(self, *, refusal: str = "") -> Answer:
        """Show that they are off these lists; with a `refusal`, why what they asked for was not done."""
        status = HTTPStatus.CONFLICT if refusal else HTTPStatus.OK
        return Answer("reader/left.html", {**self._context(), "refusal": refusal}, status)

    def _come_back(self) -> Answer:
        came_back = come_back(self.person, self.lists)
        if came_back or membership(self.person, self.lists).is_on:
            return Answer("reader/back.html", {**self._context(), "cadences": self._cadences()})
        return self._off(refusal="You could not be put back: nothing was changed.")

    def _change(self, cadence: Subscription.Cadence) -> Answer:
        if membership(self.person, self.lists).is_suppressed:
            return self._off(refusal="No mail goes to your address, so how often can’t be chosen: nothing was changed.")
        publications = {mailing_list.publication for mailing_list in self.lists}
        if cadence is not Subscription.Cadence.EACH_LETTER and not all(
            publication.digests_from for publication in publications
        ):
            raise BadInput("Letters are not gathered in one mail here, so nothing was changed.")
        if not sum(
            actions.set_cadence(self.person, publication=publication, cadence=cadence) for publication in publications
        ):
            return self._off(refusal="You are on no list any more, so how often can’t be chosen: nothing was changed.")
        return Answer("reader/cadence.html", {**self._context(), "cadence": cadence.value})

    def _cadences(self) -> list[str]:
        """Return how often they have mail from these lists."""
        subscriptions = Subscription.objects.filter(subscriber__key=self.person, list__in=self.lists, state="active")
        return sorted(set(subscriptions.values_list("cadence", flat=True)))

    def _context(self) -> dict[str, Any]:
        """Return what the pages show: names, the publication where it is one, its digests' hour, where they stand."""
        publications = {mailing_list.publication for mailing_list in self.lists}
        only = next(iter(publications)) if len(publications) == 1 else None
        digests = only if only and only.digests_from else None
        return {
            "names": ", ".join(mailing_list.name for mailing_list in self.lists) or "our letters",
            "names_language": only.language if only else "",
            "single": len(self.lists) == 1,
            "publication": only,
            "digests": digests.digests_at if digests else None,
            "zone": _zone(self.person, digests).replace("_", " ") if digests else "",
            "membership": membership(self.person, self.lists),
        }


def visit(person: UUID, dispatch: UUID) -> Visit:
    """Return the visit of someone with the link of a mail, both by their keys."""
    return Visit(person, dispatch, lists_to_leave(person, dispatch))


def _zone(person: UUID, publication: Publication) -> str:
    """Return the zone in which their digest's hour is meant, as the ledger reads it (`delivery.mail.queries`)."""
    zone = Subscriber.objects.filter(key=person).values_list("time_zone", flat=True).first()
    return zone if zone in available_timezones() else publication.time_zone


def _form(request: HttpRequest) -> Mapping[str, str]:
    """Return a POST's fields, also where a mail program calls them plain text: who asks to leave is heard."""
    if request.content_type in _FORM_TYPES:
        return request.POST
    return QueryDict(request.body.strip(), encoding="utf-8")


def _wish(form: Mapping[str, str]) -> Wish:
    if form.get("List-Unsubscribe", "") == "One-Click":
        return Wish.ONE_CLICK
    action = form.get("action", "")
    if action in (Wish.LEAVE.value, Wish.COME_BACK.value):
        return Wish(action)
    if "cadence" in form and not action:
        return Wish.CADENCE
    raise BadInput("This asks for nothing that can be done here, so nothing was changed.")


def _cadence(form: Mapping[str, str]) -> Subscription.Cadence:
    value = form["cadence"]
    if value not in Subscription.Cadence.values:
        raise BadInput(f"“{value[:40]}” is not how often we send, so nothing was changed: choose {_CADENCES}.")
    return Subscription.Cadence(value)
