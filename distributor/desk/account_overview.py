"""What the page of accounts shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q

from distributor.channels import registry
from distributor.delivery.accounts import accounts, health, network_apps
from distributor.delivery.accounts.health import Health
from distributor.delivery.models import Account, Dispatch
from distributor.delivery.posts import costs
from distributor.delivery.variants import channel_settings
from distributor.desk.publication_scope import narrow
from distributor.domain.costs import describe as shown_costs
from distributor.domain.states import State
from distributor.letters.models import Publication

SPENT_WITHIN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account with how it is, how many dispatches wait for their time, and how many for the account.

    `spent` is what its posts have cost in the last 30 days, "" for nothing.
    """

    account: Account
    health: Health
    waiting: int
    blocked: int
    spent: str


@dataclass(frozen=True, slots=True)
class Group:
    """One channel: its accounts and the ways to connect another. `practice`: it can be practised, too."""

    channel: str
    label: str
    accounts: Sequence[AccountRow]
    in_browser: bool
    by_hand: bool
    has_app: bool
    app_ready: bool
    practice: bool
    has_settings: bool


def groups(now: datetime) -> list[Group]:
    """Return every channel that has accounts, in the usual order of a share bar."""
    soon = [state.value for state in (State.DRAFT, State.HELD, State.SCHEDULED, State.PAUSED)]
    accounts_with_counts = (
        narrow(Account.objects.select_related("publication"))
        .annotate(
            waiting=Count("dispatches", filter=Q(dispatches__state__in=soon)),
            blocked=Count("dispatches", filter=Q(dispatches__state=State.BLOCKED.value)),
        )
        .order_by("publication__name", "name")
    )
    by_channel: dict[str, list[AccountRow]] = {}
    for account in accounts_with_counts:
        cost = shown_costs(costs.since(account, now - SPENT_WITHIN))
        row = AccountRow(account, health.of(account, now), account.waiting, account.blocked, cost)
        by_channel.setdefault(account.channel, []).append(row)
    return [_group(name, by_channel.get(name, [])) for name in registry.names() if registry.get(name).fields]


def _group(name: str, rows: Sequence[AccountRow]) -> Group:
    channel = registry.get(name)
    return Group(
        channel=name,
        label=channel.capabilities.label,
        accounts=rows,
        in_browser=channel.connect_flow is not None,
        by_hand=any(not field.hidden for field in channel.fields),
        has_app=bool(network_apps.fields(name)),
        app_ready=network_apps.is_ready(name),
        practice=bool(accounts.practice_page(name)) and network_apps.is_ready(name, practice=True),
        has_settings=bool(channel_settings.settings_of(name)),
    )


def blocked_on(publication: Publication, channel: str) -> Counter[bool]:
    """Return how many dispatches of a publication wait for an account of this channel, by whether they are drafts."""
    blocked = Dispatch.objects.filter(publication=publication, channel=channel, state=State.BLOCKED.value)
    return Counter(approved_at is None for approved_at in blocked.values_list("approved_at", flat=True))
