"""An editor's own password: changed by who knows the old one."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Final

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.forms import PasswordChangeForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from distributor.client_limits import ClientLimit
from distributor.desk.access import writer
from distributor.people import audit, editors, identity, sign_in_mails

logger = logging.getLogger(__name__)

# Old passwords tried by who sits at somebody's open desk.
TRIES: Final = ClientLimit("own-password", count=10, seconds=900)
_BACKEND: Final = "django.contrib.auth.backends.ModelBackend"


@writer
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def own_password(request: HttpRequest) -> HttpResponse:
    """Change one's own password. Everywhere else where one is logged in, that ends."""
    user = request.user
    assert user.is_authenticated  # the decorator lets nobody else in
    if request.method != "POST":
        return _page(request, PasswordChangeForm(user))
    if wait := TRIES.wait(str(user.pk)):
        form = PasswordChangeForm(user)
        return _page(request, form, wait=wait, status=HTTPStatus.TOO_MANY_REQUESTS)
    form = PasswordChangeForm(user, request.POST)
    if not form.is_valid():
        if "old_password" in form.errors:
            TRIES.add(str(user.pk))
            logger.warning("A wrong old password of %s", user.get_username(), extra={"user_id": user.pk})
        return _page(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    name = user.get_username()
    editors.set_password(name, form.cleaned_data["new_password1"], by=name)
    user.refresh_from_db()
    login(request, user, backend=_BACKEND)  # in a new session: all of theirs have ended
    identity.prove(request, user, "password")
    audit.record("password.change", actor=name, door="desk", subject=f"editor {name}")
    sign_in_mails.tell(user, sign_in_mails.PASSWORD)
    messages.success(request, "Your password is changed. Where else you were logged in, that has ended.")
    return redirect("desk:own-account")


def _page(
    request: HttpRequest, form: PasswordChangeForm, *, wait: int = 0, status: int = HTTPStatus.OK
) -> HttpResponse:
    context = {"form": form, "minutes": max(1, round(wait / 60)) if wait else 0, "here": "account"}
    response = render(request, "desk/own_password.html", context, status=status)
    if wait:
        response.headers["Retry-After"] = str(wait)
    return response
