"""Tokens kept fresh: renewed before they end, by one worker at a time, and stored before they are used."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from distributor.channels import registry
from distributor.channels.connect_flow import AppKeys, AuthorisationEnded, NetworkAway, TokenRenewal
from distributor.delivery.accounts import accounts, encryption, network_apps
from distributor.delivery.models import Account, Dispatch
from distributor.domain.errors import DistributorError

logger = logging.getLogger(__name__)

AGAIN = timedelta(minutes=2)  # after the network could not be asked
# A token that was renewed so short a while ago and is refused all the same has not just expired.
JUST_RENEWED = timedelta(minutes=2)
_SHARE = 6  # a token is renewed in the last sixth of its life …
_LEAST, _MOST = timedelta(minutes=10), timedelta(days=10)  # … within these bounds


def renew_at(expires_at: datetime | None, now: datetime) -> datetime | None:
    """Return from when on a token that ends at `expires_at` is to be renewed; None where it never ends."""
    if expires_at is None:
        return None
    margin = min(max((expires_at - now) / _SHARE, _LEAST), _MOST)
    return max(expires_at - margin, now)


def due(now: datetime) -> list[int]:
    """Return the accounts whose tokens are to be renewed."""
    accounts = Account.objects.filter(renew_at__lte=now, needs_reconnect="").order_by("renew_at")
    return list(accounts.values_list("pk", flat=True))


def keep_fresh(dispatch_id: int) -> None:
    """Renew the token of a dispatch's account where it is time for that. Its own transaction: what it stores, stays."""
    account_id = Dispatch.objects.values_list("account_id", flat=True).get(pk=dispatch_id)
    if account_id and Account.objects.filter(pk=account_id, renew_at__lte=timezone.now(), needs_reconnect="").exists():
        renew(account_id)


@transaction.atomic(durable=True)
def renew(account_id: int) -> None:
    """Renew an account's token. Whoever comes second finds it done.

    An authorisation that has ended is noted on the account; while the network is away it is tried again later.
    """
    # It is asked of a network that may take long: letters are queued for the account all the same.
    account = Account.objects.select_for_update(no_key=True).get(pk=account_id)
    now = timezone.now()
    renewal = _token_renewal(account)
    if renewal is None or account.renew_at is None or account.renew_at > now or account.needs_reconnect:
        return
    try:
        fresh = renewal.renew(_app(account), accounts.credentials(account))
    except AuthorisationEnded as error:
        account.needs_reconnect = f"{error} Connect it again."[:500]
        account.save(update_fields=["needs_reconnect"])
        return
    except (NetworkAway, DistributorError) as error:
        logger.warning("The token of %s could not be renewed: %s", account, error)
        account.renew_at = now + AGAIN
        account.save(update_fields=["renew_at"])
        return
    account.sealed = encryption.seal(dict(fresh.values))
    account.expires_at = fresh.expires_at
    account.renew_at = renew_at(fresh.expires_at, now)
    account.renewed_at = now
    account.ends_at = fresh.ends_at or account.ends_at
    account.save(update_fields=["sealed", "expires_at", "renew_at", "renewed_at", "ends_at"])


def fresh_since(account: Account) -> datetime:
    """Return since when an account has the credentials that it has now."""
    return max(account.connected_at, account.renewed_at or account.connected_at)


def renew_expired(account: Account, now: datetime) -> datetime | None:
    """Have an account's token renewed that its network took for expired; None where that would be no use.

    Returns when the token may be used again: where it could just not be renewed, not before that is tried again.
    """
    if _token_renewal(account) is None or account.needs_reconnect:
        return None
    if account.renewed_at is not None and account.renewed_at > now - JUST_RENEWED:
        return None
    if account.renew_at is not None and now < account.renew_at <= now + AGAIN:
        return account.renew_at
    Account.objects.filter(pk=account.pk).update(renew_at=now)
    return now


def _token_renewal(account: Account) -> TokenRenewal | None:
    channel = registry.CHANNELS.get(account.channel)
    return channel.token_renewal if channel else None


def _app(account: Account) -> AppKeys:
    return network_apps.keys(account.channel, practice=account.practice)
