"""For who has forgotten their password: asking for a link by mail, and the page that it leads to.

Nothing here tells whether somebody has an address: the answer, and the work for it, is the same. The token of a link
goes into the session and off the address before the page is shown, so that no other site and no history gets it.
"""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any, Final

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.contrib.auth.views import PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from distributor.client_limits import ClientLimit, client_of
from distributor.delivery import editor_mails
from distributor.domain.errors import BadInput
from distributor.people import passwords

logger = logging.getLogger(__name__)

OF_CLIENT: Final = ClientLimit("password-reset", count=10, seconds=3600)
OF_ADDRESS: Final = ClientLimit("password-reset-address", count=3, seconds=3600)
NO_REFERRER: Final = "no-referrer"


class AddressForm(forms.Form):
    """The address that a link is to go to."""

    email = forms.EmailField(max_length=254)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def forgotten_password(request: HttpRequest) -> HttpResponse:
    """Ask for a link. Who asks reads the same whether there is such an editor or not."""
    if request.method != "POST":
        return _page(request, AddressForm())
    client = client_of(request)
    if wait := OF_CLIENT.add(client):
        logger.warning("Too many new passwords were asked for from %s", client, extra={"client": client})
        return _page(request, AddressForm(), wait=wait, status=HTTPStatus.TOO_MANY_REQUESTS)
    form = AddressForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    address = form.cleaned_data["email"]
    if OF_ADDRESS.add(address.lower()):
        logger.warning("Too many new passwords were asked for at one address", extra={"client": client})
    else:
        count = passwords.send_links(address, _link_of)
        logger.info("A new password was asked for: %s mails", count, extra={"client": client})
    return render(request, "desk/forgotten_password.html", {"sent_to": address})


class ResetPassword(PasswordResetConfirmView):
    """The page of a link: a new password, twice."""

    template_name = "desk/reset_password.html"
    reset_url_token = "new"  # noqa: S105 # what stands in the address in the token's place

    def dispatch(self, *args: Any, **kwargs: Any) -> Any:
        response = super().dispatch(*args, **kwargs)
        response.headers["Referrer-Policy"] = NO_REFERRER
        return response

    def get_user(self, uidb64: str) -> Any:
        """Return whose link it is: nobody who may not use the desk."""
        try:
            user = super().get_user(uidb64)
        except (ValueError, OverflowError):
            return None
        return user if user is not None and user.is_active and user.is_staff else None

    def form_valid(self, form: SetPasswordForm[User]) -> HttpResponse:
        try:
            passwords.reset(form.user, form.cleaned_data["new_password1"], client=client_of(self.request))
        except BadInput as error:
            form.add_error("new_password1", str(error))
            return self.form_invalid(form)
        self.request.session.flush()
        messages.success(self.request, gettext("Your password is set. Where you were logged in, that has ended."))
        return redirect("desk:login")

    def form_invalid(self, form: SetPasswordForm[User]) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _link_of(user: User) -> str:
    key = urlsafe_base64_encode(force_bytes(user.pk))
    token = default_token_generator.make_token(user)
    return f"{settings.SITE_URL}{reverse('desk:reset-password', args=(key, token))}"


def _page(request: HttpRequest, form: AddressForm, *, wait: int = 0, status: int = HTTPStatus.OK) -> HttpResponse:
    context = {
        "form": form,
        "sent_to": "",
        "minutes": max(1, round(wait / 60)) if wait else 0,
        "is_possible": editor_mails.is_possible(),
    }
    response = render(request, "desk/forgotten_password.html", context, status=status)
    if wait:
        response.headers["Retry-After"] = str(wait)
    return response
