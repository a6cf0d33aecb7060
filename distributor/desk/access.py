"""Who may use which part of the desk. Every view stands behind one of these doors, by the least role that it asks for.

A view whose address or form names a publication, or a row of one, is for those who have that role in it. Other views
are for those who have it in any, and show what `publication_scope` leaves. What concerns every publication, such as
people and returned mail, is for those who have the role in each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial, wraps
from typing import Any, Concatenate, Final, ParamSpec

from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache

from distributor.audience.models import MailingList, Segment
from distributor.client_limits import client_of
from distributor.delivery.models import Account, Dispatch
from distributor.desk import deeds
from distributor.desk.publication_scope import scope
from distributor.domain.dispatch_actions import Role
from distributor.domain.roles import Roles
from distributor.letters.models import Letter, Publication
from distributor.newsroom.models import Arrival, FeedEntry, IntakeDoor, WatchedFeed
from distributor.people import roles as people
from distributor.people.audit import at_place
from distributor.webhooks.models import Endpoint

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]

# Which rows an address or a form may name, and how each leads to its publication.
_ROWS: Final[dict[str, tuple[type[Model], str]]] = {
    "account": (Account, "publication"),
    "account_id": (Account, "publication"),
    "arrival_id": (Arrival, "door__publication"),
    "dispatch_id": (Dispatch, "publication"),
    "door_id": (IntakeDoor, "publication"),
    "endpoint_id": (Endpoint, "publication"),
    "entry_id": (FeedEntry, "feed__publication"),
    "feed_id": (WatchedFeed, "publication"),
    "letter": (Letter, "publication"),
    "letter_id": (Letter, "publication"),
    "list_id": (MailingList, "publication"),
    "segment_id": (Segment, "publication"),
}
_PARAMETERS: Final = ("account", "letter", "publication")  # of queries and forms


def writer(view: View[P]) -> View[P]:
    """Let in who writes there, or is more; send everyone who is not logged in to the login, and refuse others: 403."""
    return _door(view, "writer")


def editor(view: View[P]) -> View[P]:
    """Let in who is an editor there, or more."""
    return _door(view, "editor")


def editor_of_all(view: View[P]) -> View[P]:
    """Let in who is an editor, or more, of all publications: what is seen and done there concerns each of them."""
    return _door(view, "editor", everywhere=True)


def manager(view: View[P]) -> View[P]:
    """Let in who looks after accounts and settings there."""
    return _door(view, "manager")


def manager_of_all(view: View[P]) -> View[P]:
    """Let in who looks after accounts and settings of all publications."""
    return _door(view, "manager", everywhere=True)


def admin(view: View[P]) -> View[P]:
    """Let in the admins of a publication, or of all."""
    return _door(view, "admin")


def admin_of_all(view: View[P]) -> View[P]:
    """Let in the admins of all publications."""
    return _door(view, "admin", everywhere=True)


def roles_of(request: HttpRequest) -> Roles:
    """Return what whoever asks may do; looked up once a request."""
    roles: Roles | None = getattr(request, "_roles", None)
    if roles is None:
        user = getattr(request, "user", AnonymousUser())
        # `request.user` is lazy: what stands behind it is a user.
        roles = people.roles_of(user) if user.is_authenticated else people.NOBODY
        request._roles = roles  # type: ignore[attr-defined]  # noqa: SLF001 - beside Django's own
    return roles


def role_of(request: HttpRequest, publication: Publication) -> Role:
    """Return what whoever asks is in a publication. Raises PermissionDenied for nothing."""
    role = roles_of(request).role_in(publication.pk)
    if role is None:
        raise PermissionDenied
    return role


def may(request: HttpRequest, least: Role, publication: Publication | None = None) -> bool:
    """Whether whoever asks is at least that in a publication, without one in any: for what a page offers."""
    roles = roles_of(request)
    return roles.permits_anywhere(least) if publication is None else roles.permits(least, publication.pk)


def may_everywhere(request: HttpRequest, least: Role) -> bool:
    """Whether whoever asks is at least that in each publication."""
    roles = roles_of(request)
    if roles.permits(least, None) or not roles.permits_anywhere(least):
        return roles.permits(least, None)
    publication_ids: list[int] | None = getattr(request, "_publication_ids", None)
    if publication_ids is None:
        publication_ids = list(Publication.objects.values_list("pk", flat=True))
        request._publication_ids = publication_ids  # type: ignore[attr-defined]  # noqa: SLF001 - beside Django's own
    return roles.permits_in_each(least, publication_ids)


def _door(view: View[P], least: Role, *, everywhere: bool = False) -> View[P]:
    @wraps(view)
    def inner(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        roles = roles_of(request)
        if not roles.permits_anywhere(least):
            raise PermissionDenied
        is_whole = roles.permits(least, None) or (everywhere and may_everywhere(request, least))
        if not is_whole:
            if everywhere:
                raise PermissionDenied
            for publication_id in _publications_named(request, kwargs):
                _check(roles, least, publication_id)
        with scope(None if is_whole else roles.publications(least)), at_place(client_of(request)) as place:
            response = view(request, *args, **kwargs)
            deeds.record(request, response, place, kwargs, partial(_publication_of, request, kwargs))
            return response

    door = never_cache(login_required(inner))
    door.least_role, door.everywhere = least, everywhere  # type: ignore[attr-defined]  # for the tests of all addresses
    return door


def _check(roles: Roles, least: Role, publication_id: int | None) -> None:
    """Raise Http404 for what is of a publication where they are nothing: not even that is told. Else refuse by role."""
    if roles.role_in(publication_id) is None:
        raise Http404
    if not roles.permits(least, publication_id):
        raise PermissionDenied


def _publications_named(request: HttpRequest, places: dict[str, Any]) -> Iterator[int | None]:
    """Yield the publications that an address, its query or a form is about; None for what leads to none."""
    for name, value in places.items():
        if name in _ROWS or name == "publication":
            yield from _publications(name, str(value))
        elif name.endswith("_id"):
            yield None  # a row that nobody has said the way of: for those who have the role in all
    for name in _PARAMETERS:
        for values in (request.GET.getlist(name), request.POST.getlist(name)):
            for text in filter(None, values):
                yield from _publications(name, text)


def _publication_of(request: HttpRequest, places: dict[str, Any]) -> Publication | None:
    """Return the publication that a request is about, None where it names none."""
    numbers = [number for number in _publications_named(request, places) if number is not None]
    return Publication.objects.filter(pk__in=numbers[:1]).first()


def _publications(name: str, text: str) -> list[int | None]:
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
    if name == "publication":
        by_number = Q(pk=number) if number is not None else Q()
        return list(Publication.objects.filter(Q(slug=text.replace("\0", "")) | by_number).values_list("pk", flat=True))
    model, path = _ROWS[name]
    if number is None:
        return []
    return list(model._default_manager.filter(pk=number).values_list(path, flat=True))  # noqa: SLF001 - Django's name


class EditorLogin(AuthenticationForm):
    """Name and password of an editor."""

    def confirm_login_allowed(self, user: User) -> None:
        super().confirm_login_allowed(user)
        if not user.is_staff:
            raise ValidationError(gettext("This is no editor’s account: ask for the rights, or use another one."))
