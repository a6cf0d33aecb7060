"""What allauth asks of an installation: ours decides which pages it leads to, where secrets are, and sends no mail."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.urls import reverse

from distributor.client_limits import client_of
from distributor.delivery.accounts import encryption
from distributor.people import identity, sessions

BACKEND: Final = "django.contrib.auth.backends.ModelBackend"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc] # allauth has no types
    """Logging in by allauth's stages: nobody signs up here, and what is said is said by our own pages."""

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        """Return that nobody makes an account themselves."""
        return False

    def get_login_stages(self) -> list[str]:
        """Return what stands between a right password and the desk."""
        return ["distributor.desk.second_factor.SecondFactorStage"]

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


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc] # the same
    """Second factors: secrets are stored encrypted, as credentials are, and apps show whose codes they are."""

    def encrypt(self, text: str) -> str:
        """Return a secret as it is stored."""
        return encryption.seal({"secret": text}).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return a stored secret. Raises CredentialsError where none of the keys fits."""
        return encryption.unseal(encrypted_text.encode())["secret"]

    def get_totp_label(self, user: User) -> str:
        """Return what an app calls the account."""
        return user.get_username()

    def get_totp_issuer(self) -> str:
        """Return what an app calls this installation."""
        return f"Distributor {urlsplit(settings.SITE_URL).hostname}"

    def get_public_key_credential_user_entity(self, user: User) -> dict[str, Any]:
        """Return what a passkey knows of its owner: a number of ours and their name."""
        entity: dict[str, Any] = super().get_public_key_credential_user_entity(user)
        return {**entity, "name": user.get_username(), "display_name": user.get_username()}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Return whose passkeys these are: they count at this host and at no other."""
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return {**entity, "name": "Distributor"}
