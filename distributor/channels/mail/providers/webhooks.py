"""A provider's call to one account's webhook: who may make it, and what it says.

anymail's views know one account an installation; here each is made for one account, and used without its routes.
"""

from __future__ import annotations

import base64
import hmac
import logging
import warnings
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from anymail.exceptions import AnymailError, AnymailImproperlyInstalled, AnymailWebhookValidationFailure
from anymail.signals import AnymailTrackingEvent
from django.http import HttpRequest
from django.utils.module_loading import import_string

from distributor.channels.base import Credentials
from distributor.channels.mail.providers import addresses
from distributor.channels.mail.providers.events import ReadToken, mail_event
from distributor.channels.mail.providers.features import PROVIDERS
from distributor.channels.mail.providers.provider import Provider
from distributor.channels.mail.transports import SIGNING_KEY, WEBHOOK_SECRET
from distributor.domain.errors import BadSettings
from distributor.domain.returns import MailEvent

logger = logging.getLogger(__name__)

LIMIT: Final = 5_000_000  # bytes: SparkPost's and Mandrill's calls carry up to a thousand events
_UNREADABLE = (AnymailError, ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError)
_USER: Final = "distributor"  # of HTTP basic auth, where a provider's settings ask for one


class NotAllowed(Exception):
    """The call does not show that it may be made: nothing about it is answered."""


class Malformed(Exception):
    """The call is not what this provider sends."""


@dataclass(frozen=True, slots=True)
class Hook:
    """One account's webhook. `url` is its own public address, secret included (Mandrill signs it)."""

    provider: Provider
    secret: str = field(repr=False)
    signing_key: str = field(default="", repr=False)
    settings: dict[str, Any] = field(default_factory=dict, repr=False)
    url: str = field(default="", repr=False)


def hook(credentials: Credentials, provider: str, *, url: str = "") -> Hook:
    """Return the webhook of an account at this provider. Raises NotAllowed when it has none."""
    provider_record = PROVIDERS.get(provider)
    secret = credentials.values.get(WEBHOOK_SECRET, "")
    if provider_record is None or not provider_record.webhook or not secret or credentials.practice:
        raise NotAllowed
    try:
        account = addresses.read(credentials.values.get("url", ""))
    except BadSettings:
        raise NotAllowed from None
    if account.provider is not provider_record:
        raise NotAllowed
    return Hook(provider_record, secret, credentials.values.get(SIGNING_KEY, ""), dict(account.settings), url)


def allow(hook: Hook, request: HttpRequest, token: str) -> None:
    """Check the secret: in the address, or as the password of HTTP basic auth. Raises NotAllowed.

    Does not read the body: this is what strangers' calls come to.
    """
    secret = token or _password(request.headers.get("Authorization", ""))
    if not hmac.compare_digest(secret.encode("utf-8", "replace"), hook.secret.encode()):
        raise NotAllowed


def events(hook: Hook, request: HttpRequest, *, read_token: ReadToken, now: datetime) -> list[MailEvent]:
    """Check the provider's own signature, where it has one, and return what the call says.

    Raises NotAllowed for a wrong signature, Malformed for what can't be read, and BadSettings where a package is
    missing. `read_token` reads our signed tokens.
    """
    # anymail knows no secret in an address, but believes HTTP basic auth.
    login = f"{_USER}:{hook.secret}"
    request.META["HTTP_AUTHORIZATION"] = f"Basic {base64.b64encode(login.encode()).decode()}"
    view = _view(hook, login)
    try:
        if hook.provider.signature != "key" or hook.signing_key:
            view.run_validators(request)
        tracking_events = [event for event in view.parse_events(request) if isinstance(event, AnymailTrackingEvent)]
        mail_events = [mail_event(event, hook.provider, read_token=read_token, now=now) for event in tracking_events]
    except AnymailWebhookValidationFailure:
        raise NotAllowed from None
    except AnymailImproperlyInstalled:
        raise _missing_library(hook.provider) from None
    except _UNREADABLE as error:
        logger.warning("A call of %s's webhook can't be read: %s", hook.provider.label, type(error).__name__)
        raise Malformed from None
    return [event for event in mail_events if event is not None]


def _view(hook: Hook, login: str) -> Any:
    provider = hook.provider
    settings: dict[str, Any] = {"webhook_secret": login}
    if provider.webhook_key:
        settings[provider.webhook_key] = hook.signing_key or None
        if not hook.signing_key and provider.scheme in ("mailgun", "mailersend", "postal"):
            settings[provider.webhook_key] = ""  # these want one, though it is not used then
    if provider.scheme == "mandrill":
        settings["webhook_url"] = hook.url
    if provider.scheme == "unisendergo":
        settings["api_key"] = hook.settings["api_key"]
    if provider.scheme == "ses":
        settings["client_params"] = {
            name: hook.settings[name]
            for name in ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
            if name in hook.settings
        }
    try:
        with warnings.catch_warnings():  # see calls.make_backend
            warnings.simplefilter("ignore")
            return import_string(provider.webhook)(**settings)
    except AnymailImproperlyInstalled:
        raise _missing_library(provider) from None
    except ValueError:
        raise BadSettings(
            f"The signing_key of the {provider.label} account is not a signing key: correct it."
        ) from None


def _missing_library(provider: Provider) -> BadSettings:
    return BadSettings(f"{provider.label}’s webhooks need a package: install distributor[{provider.scheme}].")


def _password(header: str) -> str:
    kind, _, credentials_text = header.partition(" ")
    if kind.lower() != "basic":
        return ""
    try:
        return base64.b64decode(credentials_text.strip(), validate=True).decode().partition(":")[2]
    except ValueError:
        return ""
