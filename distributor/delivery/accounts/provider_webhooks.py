"""The webhooks of mail accounts: their public addresses, and what is needed to take a call in."""

from __future__ import annotations

from dataclasses import replace

from django.conf import settings
from django.utils.crypto import salted_hmac

from distributor.channels.base import Credentials
from distributor.channels.mail.providers.webhooks import Hook, NotAllowed, hook
from distributor.channels.mail.transports import WEBHOOK_SECRET
from distributor.delivery.accounts import accounts
from distributor.delivery.models import Account
from distributor.domain.errors import CredentialsError

PLACEHOLDER = "…"


def hook_of(account_id: int, provider: str) -> Hook:
    """Return the webhook of an account at this provider. Raises NotAllowed when there is no such one."""
    account = Account.objects.filter(pk=account_id, channel=accounts.MAIL, practice=False).first()
    if account is None:
        raise NotAllowed
    try:
        credentials = _credentials(account)
    except CredentialsError:
        raise NotAllowed from None
    return hook(credentials, provider, url=_address(account, provider, credentials.values[WEBHOOK_SECRET]))


def address_of(account: Account, *, whole: bool = False) -> str:
    """Return the address that a provider is to call for this account, "" where there is none.

    Only with `whole` does it hold its secret: that is for the eyes of whoever sets the webhook up.
    """
    if account.channel != accounts.MAIL or account.practice:
        return ""
    try:
        credentials = _credentials(account)
        scheme = credentials.values.get("url", "").partition("://")[0].lower()
        hook(credentials, scheme)
    except (CredentialsError, NotAllowed):
        return ""
    return _address(account, scheme, credentials.values[WEBHOOK_SECRET] if whole else PLACEHOLDER)


def _address(account: Account, provider: str, token: str) -> str:
    return f"{settings.SITE_URL}/webhooks/mail/{provider}/{account.pk}/{token}"


def _credentials(account: Account) -> Credentials:
    """Open an account. One from the environment has no stored secret: its own is made of the installation's."""
    credentials = accounts.credentials(account)
    if credentials.values.get(WEBHOOK_SECRET):
        return credentials
    secret = salted_hmac("distributor.webhook", str(account.pk), algorithm="sha256").hexdigest()
    return replace(credentials, values={**credentials.values, WEBHOOK_SECRET: secret})
