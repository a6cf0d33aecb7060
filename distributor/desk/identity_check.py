"""Asking who is logged in to show it once more, before they change how they log in."""

from __future__ import annotations

import logging
from functools import wraps
from http import HTTPStatus
from urllib.parse import urlencode

from django import forms
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from distributor.desk.access import P, View, writer
from distributor.desk.own_password import TRIES
from distributor.people import identity

logger = logging.getLogger(__name__)


class PasswordForm(forms.Form):
    """The password of who is logged in."""

    password = forms.CharField(strip=False, max_length=4096)

    def __init__(self, user: User, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type] # the form's data
        self.user = user

    def clean_password(self) -> str:
        """Return it where it is right."""
        password = str(self.cleaned_data["password"])
        if not self.user.check_password(password):
            raise forms.ValidationError(gettext("That is not your password: type it again."))
        return password


def sure_of_identity(view: View[P]) -> View[P]:
    """Let in who has lately shown who they are; others do so first, and come back to where they were."""

    @wraps(view)
    def inner(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if identity.is_recent(request):
            return view(request, *args, **kwargs)
        page = request.get_full_path() if request.method in ("GET", "HEAD") else reverse("desk:own-account")
        return redirect(f"{reverse('desk:confirm-identity')}?{urlencode({'next': page})}")

    return writer(inner)


@writer
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_identity(request: HttpRequest) -> HttpResponse:
    """Ask for the password once more, and go on to where somebody was led here from."""
    user = request.user
    assert user.is_authenticated  # the decorator lets nobody else in
    if request.method != "POST":
        return _page(request, PasswordForm(user))
    if wait := TRIES.wait(str(user.pk)):
        return _page(request, PasswordForm(user), wait=wait, status=HTTPStatus.TOO_MANY_REQUESTS)
    form = PasswordForm(user, request.POST)
    if not form.is_valid():
        TRIES.add(str(user.pk))
        logger.warning("A wrong password of %s", user.get_username(), extra={"user_id": user.pk})
        return _page(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    identity.prove(request, user, "password")
    return redirect(next_page(request))


def next_page(request: HttpRequest, default: str = "desk:own-account") -> str:
    """Return the page of the desk that a request wants to go on to, else the one with the name `default`."""
    page = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = page.startswith("/desk/") and url_has_allowed_host_and_scheme(page, allowed_hosts=None)
    return page if is_ours else resolve_url(default)


def _page(request: HttpRequest, form: PasswordForm, *, wait: int = 0, status: int = HTTPStatus.OK) -> HttpResponse:
    context = {
        "form": form,
        "next": next_page(request),
        "minutes": max(1, round(wait / 60)) if wait else 0,
        "here": "account",
    }
    response = render(request, "desk/confirm_identity.html", context, status=status)
    if wait:
        response.headers["Retry-After"] = str(wait)
    return response
