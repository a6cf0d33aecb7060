"""Who has no second factor though this installation wants one gets no further than to the pages that set it up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext

from distributor.people import two_factor

OPEN: Final = frozenset(
    {
        "login", "logout", "own-language", "confirm-identity", "own-account", "own-password", "own-address",
        "own-address-link", "end-session", "end-other-sessions", "set-up-app", "add-passkey", "recovery-codes",
    }
)  # fmt: skip


class SecondFactorPolicy:
    """Middleware: asks once an address of the desk is known, before its view."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self._answer(request)

    def process_view(self, request: HttpRequest, *_: Any) -> HttpResponse | None:
        """Lead who lacks a second factor to their account."""
        place, user = request.resolver_match, request.user
        if place is None or place.app_name != "desk" or place.url_name in OPEN or not isinstance(user, User):
            return None
        if not user.is_staff or not two_factor.is_missing(user):
            return None
        messages.warning(
            request, gettext("This installation wants a second factor of you: set up an app or a passkey first.")
        )
        return redirect("desk:own-account")
