"""An editor's own second factors: setting up an app or a passkey, taking it off, recovery codes."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.flows import generate_recovery_codes
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.flows import activate_totp, deactivate_totp
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from allauth.mfa.webauthn.internal import auth as webauthn
from allauth.mfa.webauthn.internal.flows import add_authenticator, remove_authenticator
from django.contrib import messages
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from distributor.desk.identity_check import sure_of_identity
from distributor.desk.sentences import translation
from distributor.domain.errors import BadInput
from distributor.people import two_factor

LONGEST_NAME: Final = 60  # characters of what a passkey is called


@sure_of_identity
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def set_up_app(request: HttpRequest) -> HttpResponse:
    """Show a secret as a picture and in letters, and keep it once the app's code for it is right."""
    user = _user(request)
    if two_factor.factors_of(user).app_since is not None:
        messages.info(request, gettext("You have an app already: take it off before you set up another."))
        return redirect("desk:own-account")
    form = ActivateTOTPForm(user=user, data=request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _app_page(request, user, form)
    with transaction.atomic():
        app, codes = activate_totp(request, form)
        two_factor.use_up(app, form.cleaned_data["code"])
        two_factor.note(user, "two-factor.app")
    messages.success(request, gettext("From now on you are asked for a code of your app."))
    return redirect("desk:recovery-codes" if codes else "desk:own-account")


@sure_of_identity
@require_POST
def take_off_app(request: HttpRequest) -> HttpResponse:
    """Ask for no codes of the app any more."""
    user = _user(request)
    app = get_object_or_404(Authenticator, user=user, type=two_factor.APP)
    try:
        two_factor.check_removal(user)
    except BadInput as error:
        messages.error(request, translation(str(error)))
        return redirect("desk:own-account")
    deactivate_totp(request, app)
    two_factor.note(user, "two-factor.app-off")
    messages.success(request, gettext("You are not asked for codes of your app any more."))
    return redirect("desk:own-account")


@sure_of_identity
@require_http_methods(["GET", "HEAD", "POST"])
def add_passkey(request: HttpRequest) -> HttpResponse:
    """Have the browser make a passkey, and keep what proves it."""
    user = _user(request)
    if request.method != "POST":
        return _passkey_page(request, user)
    form = AddWebAuthnForm(user=user, data=request.POST)
    if not form.is_valid():
        problem = gettext("The passkey was not taken: try again.")
        return _passkey_page(request, user, problem=problem, name=request.POST.get("name", ""))
    name = form.cleaned_data["name"].replace("\0", "")[:LONGEST_NAME]
    _, codes = add_authenticator(request, name=name, credential=form.cleaned_data["credential"])
    two_factor.note(user, "two-factor.passkey")
    messages.success(request, gettext("The passkey is added."))
    return redirect("desk:recovery-codes" if codes else "desk:own-account")


@sure_of_identity
@require_POST
def remove_passkey(request: HttpRequest, passkey: int) -> HttpResponse:
    """Take one passkey off."""
    user = _user(request)
    row = get_object_or_404(Authenticator, pk=passkey, user=user, type=two_factor.PASSKEY)
    try:
        two_factor.check_removal(user)
    except BadInput as error:
        messages.error(request, translation(str(error)))
        return redirect("desk:own-account")
    remove_authenticator(request, row)
    two_factor.note(user, "two-factor.passkey-off")
    messages.success(request, gettext("The passkey is removed."))
    return redirect("desk:own-account")


@sure_of_identity
@require_http_methods(["GET", "HEAD", "POST"])
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Show the recovery codes that are left, as a page or a file; POST makes new ones."""
    user = _user(request)
    if request.method == "POST":
        if two_factor.factors_of(user).is_any:
            generate_recovery_codes(request)
            two_factor.note(user, "two-factor.codes")
            messages.success(request, gettext("These are new codes. The ones before do not count any more."))
        return redirect("desk:recovery-codes" if two_factor.factors_of(user).is_any else "desk:own-account")
    row = Authenticator.objects.filter(user=user, type=two_factor.CODES).first()
    if row is None:
        return redirect("desk:own-account")
    codes: list[str] = row.wrap().get_unused_codes()
    if "file" in request.GET:
        response = HttpResponse("\n".join((*codes, "")), content_type="text/plain; charset=utf-8")
        response.headers["Content-Disposition"] = 'attachment; filename="recovery-codes.txt"'
        return response
    return render(request, "desk/recovery_codes.html", {"codes": codes, "here": "account"})


def _user(request: HttpRequest) -> User:
    user = request.user
    assert user.is_authenticated  # the decorators let nobody else in
    return user


def _app_page(request: HttpRequest, user: User, form: Any) -> HttpResponse:
    adapter = get_adapter()
    picture = adapter.build_totp_svg(adapter.build_totp_url(user, form.secret))
    context = {
        "picture": mark_safe(picture[picture.index("<svg") :]),  # noqa: S308 # of a library, from letters and digits
        "secret": " ".join(form.secret[start : start + 4] for start in range(0, len(form.secret), 4)),
        "problem": gettext("That code does not fit: type the one that the app shows now.") if form.is_bound else "",
        "here": "account",
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "desk/set_up_app.html", context, status=status)


def _passkey_page(request: HttpRequest, user: User, *, problem: str = "", name: str = "") -> HttpResponse:
    context = {
        "options": {"creation_options": webauthn.begin_registration(user, passwordless=True)},
        "problem": problem,
        "name": name[:LONGEST_NAME],
        "here": "account",
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK
    return render(request, "desk/add_passkey.html", context, status=status)
