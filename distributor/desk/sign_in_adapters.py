"""What allauth asks of an installation: ours decides which pages it leads to, where secrets are, and sends no mail."""

from __future__ import annotations

from typing import Any, Final

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.urls import reverse

from distributor.client_limits import client_of
from distributor.people import identity, sessions

BACKEND: Final = "django.contrib.auth.backends.ModelBackend"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc] # allauth has no types
    """Logging in by allauth's stages: nobody signs up here, and what is said is said by our own pages."""

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        """Return that nobody makes an account themselves."""
        return False

    def get_login_stages(self) -> list[str]:
        """Return what stands between a right password and the desk."""
        return []

    def login(self, request: HttpRequest, user: User) -> None:
        """Begin the session of who has passed all stages."""
        user.backend = BACKEND  # where Django reads it
        super().login(request, user)

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the client's address as all of the product has it."""
        return client_of(request) or sessions.NOWHERE

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing: our views do."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send nothing: our own mails tell of changes."""

    def is_reauthentication_required(self, **_: Any) -> bool:
        """Return whether who is logged in has to show once more who they are."""
        return not identity.is_recent(self.request)

    def get_reauthentication_methods(self, _user: User) -> list[dict[str, Any]]:
        """Return the one page on which somebody does that."""
        return [{"id": "reauthenticate", "description": "", "url": reverse("desk:confirm-identity")}]
