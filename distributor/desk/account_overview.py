"""What the page of a publication's channels shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.utils.translation import ngettext

from distributor.channels import registry
from distributor.delivery.accounts import accounts, health, network_apps
from distributor.delivery.accounts.health import Health
from distributor.delivery.models import Account, Dispatch
from distributor.delivery.planning.earliest_release import zone_of
from distributor.delivery.planning.slots import slots_of
from distributor.delivery.posts import costs, limits
from distributor.delivery.posts.limits import BudgetLeft, Limits
from distributor.delivery.variants import channel_settings
from distributor.delivery.variants.channel_settings import SettingState
from distributor.domain.costs import describe as shown_costs
from distributor.domain.pacing import WarmUp
from distributor.domain.slots import slots_text
from distributor.domain.states import State
from distributor.letters.models import Publication
from distributor.rendering.template_files import template_files

SPENT_WITHIN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account with how it is, how many dispatches wait for their time, and how many for the account.

    `spent` is what its posts have cost in the last 30 days, "" for nothing. `limits` is what it may still do.
    """

    account: Account
    health: Health
    waiting: int
    blocked: int
    spent: str
    limits: Limits


@dataclass(frozen=True, slots=True)
class Group:
    """One channel: its accounts and the ways to connect another. `practice`: it can be practised, too.

    `cost` is what a post costs there, in words, "" for nothing. `choices` are the settings that differ from their
    defaults, `slots` the times of the week. `warm_up` is how many mails may go out today while a domain is new.
    """

    channel: str
    label: str
    accounts: Sequence[AccountRow]
    in_browser: bool
    by_hand: bool
    has_app: bool
    app_ready: bool
    practice: bool
    has_settings: bool
    cost: str
    choices: Sequence[SettingState]
    slots: str
    template: str
    warm_up: int | None

    @property
    def all_practice(self) -> bool:
        """Whether it has accounts, and all of them are of the practice world."""
        return bool(self.accounts) and all(row.account.practice for row in self.accounts)


def groups(publication: Publication, now: datetime) -> list[Group]:
    """Return every channel that has accounts, those in use first, each in the usual order of a share bar."""
    soon = [state.value for state in (State.DRAFT, State.HELD, State.SCHEDULED, State.PAUSED)]
    account_rows = list(
        Account.objects.filter(publication=publication)
        .annotate(
            waiting=Count("dispatches", filter=Q(dispatches__state__in=soon)),
            blocked=Count("dispatches", filter=Q(dispatches__state=State.BLOCKED.value)),
        )
        .order_by("name")
    )
    cost_totals = costs.of_accounts(account_rows, now - SPENT_WITHIN)
    limits_by_account = limits.of_accounts(account_rows, now)
    by_channel: dict[str, list[AccountRow]] = {}
    for account in account_rows:
        account.publication = publication
        cost = shown_costs(cost_totals.get(account.pk, {}))
        row = AccountRow(
            account, health.of(account, now), account.waiting, account.blocked, cost, limits_by_account[account.pk]
        )
        by_channel.setdefault(account.channel, []).append(row)
    names = {file.name for file in template_files(publication.slug)}
    all_groups = [
        _group(name, by_channel.get(name, []), publication, now, template_names=names)
        for name in registry.names()
        if registry.get(name).fields
    ]
    return sorted(all_groups, key=lambda group: not group.accounts)


def _group(
    name: str, rows: Sequence[AccountRow], publication: Publication, now: datetime, *, template_names: set[str]
) -> Group:
    channel = registry.get(name)
    template = "email/letter.html" if channel.capabilities.addressed else f"social/{name}.txt"
    warm_up = publication.warm_up_from if channel.capabilities.addressed else None
    states = channel_settings.states_of(publication.channel_options, name)
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
        cost=channel.capabilities.cost,
        choices=[state for state in states if state.chosen and state.setting.name != channel_settings.SLOTS.name],
        slots=slots_text(slots_of(publication, name)),
        template=template if template in template_names else "",
        warm_up=WarmUp(warm_up).allowance(now.astimezone(zone_of(publication)).date()) if warm_up else None,
    )


def span_words(budget_left: BudgetLeft) -> str:
    """Return a budget's span as people read it: “an hour”, “3 hours”."""
    seconds = budget_left.budget.seconds
    if seconds % 86_400 == 0:
        return ngettext("a day", "%(count)s days", seconds // 86_400) % {"count": seconds // 86_400}
    if seconds % 3_600 == 0:
        return ngettext("an hour", "%(count)s hours", seconds // 3_600) % {"count": seconds // 3_600}
    if seconds % 60 == 0:
        return ngettext("a minute", "%(count)s minutes", seconds // 60) % {"count": seconds // 60}
    return ngettext("a second", "%(count)s seconds", seconds) % {"count": seconds}


def blocked_on(publication: Publication, channel: str) -> Counter[bool]:
    """Return how many dispatches of a publication wait for an account of this channel, by whether they are drafts."""
    blocked = Dispatch.objects.filter(publication=publication, channel=channel, state=State.BLOCKED.value)
    return Counter(approved_at is None for approved_at in blocked.values_list("approved_at", flat=True))
