"""Logging in and out: who is held back, and what the log says of it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from axes.signals import user_locked_out
from django.conf import settings
from django.contrib.auth import get_user_model, logout
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.contrib.auth.views import LoginView
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils.translation import ngettext

from distributor.client_limits import ClientLimit, client_of
from distributor.desk.access import EditorLogin
from distributor.people import sessions

logger = logging.getLogger(__name__)

# Beside the failures of one name from one address, which axes counts: passwords tried on many names from one address.
TRIES: Final = ClientLimit("login", count=50, seconds=900)

_NAME_LENGTH: Final = 255  # of axes's column


def counted_name(request: HttpRequest, credentials: Mapping[str, Any] | None) -> str | None:
    """Return the name whose failures axes counts: what was typed, cut to what can be stored."""
    name = request.POST.get("username") if credentials is None else credentials.get("username")
    return None if name is None else str(name)[:_NAME_LENGTH]


class DeskLogin(LoginView):
    """The page to log in at. Who is locked out is told so, also where the password was right."""

    template_name = "desk/login.html"
    form_class = EditorLogin

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        client = client_of(request)
        if wait := TRIES.wait(client):
            logger.warning("Too many tries to log in from %s", client, extra={"client": client})
            return self._refusal(wait)
        self._is_right = False
        response = super().post(request, *args, **kwargs)
        if not self._is_right:
            TRIES.add(client)
        if getattr(request, "axes_locked_out", False):
            return self._refusal(int(settings.AXES_COOLOFF_TIME.total_seconds()))
        return response

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Log in who gave the right password, after what else is asked of them."""
        self._is_right = True
        user = form.get_user()
        if self.request.user.is_authenticated:
            logout(self.request)  # nothing of somebody else's session goes on
        attempt = Login(user=user, redirect_url=self.get_success_url())
        response: HttpResponse = perform_password_login(self.request, {"username": user.get_username()}, attempt)
        return response

    def _refusal(self, wait: int) -> HttpResponse:
        form = EditorLogin(self.request)
        minutes = max(1, round(wait / 60))
        locked = ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
        context = self.get_context_data(form=form, locked=locked)
        response = self.render_to_response(context, status=HTTPStatus.TOO_MANY_REQUESTS)
        response.headers["Retry-After"] = str(wait)
        return response


@receiver(user_logged_in)
def _log_login(request: HttpRequest, user: User, **_: Any) -> None:
    sessions.begin(request, user)
    logger.info("%s logged in", user.get_username(), extra={"user_id": user.pk, "client": client_of(request)})


@receiver(user_logged_out)
def _log_logout(request: HttpRequest, user: User | None, **_: Any) -> None:
    if user is not None:
        logger.info("%s logged out", user.get_username(), extra={"user_id": user.pk, "client": client_of(request)})


@receiver(user_login_failed)
def _log_failure(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    """Say whose password was wrong. A name that nobody has is not said: it may be a password in the wrong field."""
    name = str(credentials.get("username", ""))
    user = get_user_model().objects.filter(username=name.replace("\0", "")).first()
    extra = {"user_id": user.pk if user else None, "client": client_of(request) if request else ""}
    logger.warning("A login failed: %s", user.get_username() if user else "a name that nobody has", extra=extra)


@receiver(user_locked_out)
def _log_lock(request: HttpRequest, username: str, **_: Any) -> None:
    """Say who is locked out for now, at each try."""
    user = get_user_model().objects.filter(username=str(username).replace("\0", "")).first()
    extra = {"user_id": user.pk if user else None, "client": client_of(request)}
    logger.warning("Locked out for now: %s", user.get_username() if user else "a name that nobody has", extra=extra)
