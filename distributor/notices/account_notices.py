"""Notices of accounts that have to be connected again, or soon: each trouble of each connection once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from django.utils import timezone

from distributor.channels import registry
from distributor.delivery.accounts import health
from distributor.delivery.accounts.health import Health
from distributor.delivery.models import Account
from distributor.notices import ledger
from distributor.notices.dispatch_notices import without_addresses
from distributor.notices.kinds import ACCOUNT
from distributor.notices.models import Notice
from distributor.webhooks.outbox import News, announce


def look(now: datetime) -> None:
    """Write down which accounts need a person at this moment (aware)."""
    troubles = {_key(account, state): (account, state) for account, state in health.warnings(now)}
    new = [troubles[key] for key in sorted(ledger.unknown(ACCOUNT, troubles))]
    ledger.note(
        ACCOUNT,
        [
            ledger.NewNotice(_key(account, state), account.publication_id, _data(account, state))
            for account, state in new
        ],
        at=now,
    )
    announce(
        "account.needs_person",
        [
            News(
                account.publication_id,
                {
                    "account": account.pk,
                    "channel": account.channel,
                    "name": account.name,
                    "reason": without_addresses(state.sentence),
                },
            )
            for account, state in new
        ],
    )


def current(notices: Sequence[Notice]) -> list[Notice]:
    """Return the notices whose account still needs a person, each account once."""
    account_ids = {account.pk for account, _ in health.warnings(timezone.now())}
    latest = {notice.data["account"]: notice for notice in notices if notice.data["account"] in account_ids}
    return list(latest.values())


def _key(account: Account, state: Health) -> str:
    """Return what is the same as long as it is one trouble: a sentence that counts days is not."""
    cause = sha256(account.needs_reconnect.encode()).hexdigest()[:16]
    since = account.connected_at.isoformat()
    return f"{account.pk} {state.level} {since} {cause}"


def _data(account: Account, state: Health) -> dict[str, object]:
    return {
        "account": account.pk,
        "channel": account.channel,
        "label": registry.label(account.channel),
        "name": account.name,
        "sentence": without_addresses(state.sentence),
    }
