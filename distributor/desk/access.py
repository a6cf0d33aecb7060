"""Who may use the desk: editors, and for what concerns other people, admins."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache

from distributor.domain.dispatch_actions import Role
from distributor.people import editors

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def editor(view: View[P]) -> View[P]:
    """Let editors in; send everyone who is not logged in to the login, and refuse others with 403."""

    @wraps(view)
    def inner(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not getattr(request.user, "is_staff", False):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return never_cache(login_required(inner))


def admin(view: View[P]) -> View[P]:
    """Let admins in, and refuse editors with 403."""

    @wraps(view)
    def inner(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if role_of(request.user) != "admin":
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return editor(inner)


def role_of(user: User | AnonymousUser) -> Role:
    """Return what a user is in every publication: all of the staff are editors or admins, and nobody else comes in."""
    if not user.is_staff or not isinstance(user, User):
        raise PermissionDenied
    return editors.role_of(user)


class EditorLogin(AuthenticationForm):
    """Name and password of an editor."""

    def confirm_login_allowed(self, user: User) -> None:
        super().confirm_login_allowed(user)
        if not user.is_staff:
            raise ValidationError(gettext("This is no editor’s account: ask for the rights, or use another one."))
