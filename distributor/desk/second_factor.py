"""The step between a right password and the desk: a code, a passkey or a recovery code. And a passkey instead of both.

Whoever has only the password gets no further than here: wrong codes are counted by axes like wrong passwords, and for
each person wherever they come from.
"""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any, Final

from allauth.account.internal.stagekit import clear_login
from allauth.account.models import Login
from allauth.account.stages import LoginStageController
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm, LoginWebAuthnForm
from allauth.mfa.webauthn.internal import auth as webauthn
from allauth.mfa.webauthn.internal.flows import perform_passwordless_login
from axes.handlers.proxy import AxesProxyHandler
from django.contrib import messages
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from distributor.client_limits import ClientLimit, client_of
from distributor.desk.identity_check import next_page
from distributor.desk.second_factor_forms import CodeForm
from distributor.people import two_factor

logger = logging.getLogger(__name__)

# Codes of one person, wherever they come from: who knows the password may have many addresses.
TRIES: Final = ClientLimit("second-factor", count=10, seconds=900)
PASSKEY_LOGINS: Final = ClientLimit("passkey-login", count=30, seconds=900)
_PASSWORD: Final = "password_hash"  # noqa: S105 # where the step keeps with which password it was reached


class SecondFactorStage(AuthenticateStage):  # type: ignore[misc] # allauth has no types
    """Asks who has a second factor for it."""

    urlname = "desk:second-factor"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        """Lead to our page where somebody has a second factor; let others pass."""
        if not self._should_handle(self.request):
            return None, True
        self.state[_PASSWORD] = self.login.user.get_session_auth_hash()
        return HttpResponseRedirect(_address()), True


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """Ask for the second factor of who has given the right password, and go on to the desk."""
    stage = None if request.user.is_authenticated else _stage(request)
    if stage is None:
        return redirect("desk:login")
    user: User = stage.login.user
    if request.method != "POST":
        return _page(request, user)
    if TRIES.wait(str(user.pk)) or not AxesProxyHandler.is_allowed(request, {"username": user.get_username()}):
        logger.warning("Too many codes of %s", user.get_username(), extra={"user_id": user.pk})
        return _page(request, user, is_locked=True, status=HTTPStatus.TOO_MANY_REQUESTS)
    form_class = AuthenticateWebAuthnForm if "credential" in request.POST else CodeForm
    form = form_class(user=user, data=request.POST)
    if not form.is_valid():
        TRIES.add(str(user.pk))
        user_login_failed.send(__name__, request=request, credentials={"username": user.get_username()})
        problem = (
            gettext("The passkey was not taken: try again, or use a code.")
            if "credential" in request.POST
            else gettext("That code is wrong or was used before: type the next one.")
        )
        return _page(request, user, problem=problem, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    form.save()
    response: HttpResponse = stage.exit()
    _tell_of_recovery(request, user, form)
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def passkey_login(request: HttpRequest) -> HttpResponse:
    """Log in by a passkey alone: GET gives a browser what it has to sign, as JSON; POST takes what it signed."""
    client = client_of(request)
    if request.user.is_authenticated:
        return redirect("desk:home")
    if PASSKEY_LOGINS.add(client):
        messages.error(request, gettext("Too many tries: wait a quarter of an hour, then try again."))
        return redirect("desk:login")
    if request.method != "POST":
        return JsonResponse({"request_options": webauthn.begin_authentication()})
    form = LoginWebAuthnForm(data=request.POST)
    authenticator = form.cleaned_data["credential"] if form.is_valid() else None
    if authenticator is None or not (authenticator.user.is_active and authenticator.user.is_staff):
        logger.warning("A login by passkey failed", extra={"client": client})
        messages.error(request, gettext("The passkey was not taken: log in with your password."))
        return redirect("desk:login")
    attempt = Login(user=authenticator.user, redirect_url=next_page(request, "desk:home"))
    response: HttpResponse = perform_passwordless_login(request, authenticator, attempt)
    return response


def _stage(request: HttpRequest) -> Any:
    """Return the step that somebody is at, None where there is none, or not any more."""
    stage = LoginStageController.enter(request, SecondFactorStage.key)
    if stage is None:
        return None
    user = stage.login.user
    if user is None or not user.is_active or stage.state.get(_PASSWORD) != user.get_session_auth_hash():
        clear_login(request)  # the password is another one by now
        return None
    return stage


def _tell_of_recovery(request: HttpRequest, user: User, form: Any) -> None:
    authenticator = getattr(form, "authenticator", None)
    if authenticator is None or authenticator.type != two_factor.CODES:
        return
    count = two_factor.factors_of(user).codes_left
    sentence = ngettext(
        "That was a recovery code: %(count)s is left.", "That was a recovery code: %(count)s are left.", count
    )
    messages.warning(request, sentence % {"count": count})
    two_factor.note(user, "two-factor.recovery")


def _page(
    request: HttpRequest, user: User, *, problem: str = "", is_locked: bool = False, status: int = HTTPStatus.OK
) -> HttpResponse:
    has_passkey = Authenticator.objects.filter(user=user, type=two_factor.PASSKEY).exists()
    has_codes = Authenticator.objects.filter(user=user).exclude(type=two_factor.PASSKEY).exists()
    context = {
        "problem": problem,
        "is_locked": is_locked,
        "has_codes": has_codes,
        "request_options": {"request_options": webauthn.begin_authentication(user)} if has_passkey else None,
    }
    response = render(request, "desk/second_factor.html", context, status=status)
    if is_locked:
        response.headers["Retry-After"] = str(TRIES.seconds)
    return response


def _address() -> str:
    return redirect("desk:second-factor").url
