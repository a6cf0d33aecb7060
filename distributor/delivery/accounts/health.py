"""How accounts are: what a person should do about one, before its posts find out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from distributor.channels import registry
from distributor.delivery.models import Account
from distributor.domain.outcomes import Remedy

WARN_BEFORE = timedelta(days=7)
_SILENT = timedelta(hours=1)  # how long a token may wait for its renewal before that is worth a word

Level = Literal["good", "care", "bad"]


@dataclass(frozen=True, slots=True)
class Health:
    """One account's state: a level, a sentence for an editor ("" for a good one), and what helps."""

    level: Level
    sentence: str = ""
    remedy: Remedy = ""
    until: datetime | None = None


def of(account: Account, now: datetime) -> Health:
    """Say how an account is at this moment (aware)."""
    if account.channel not in registry.CHANNELS:
        return Health("bad", f"There is no channel “{account.channel}” any more.")
    if account.needs_reconnect:
        return Health("bad", account.needs_reconnect, "reconnect")
    if account.ends_at is not None and account.ends_at <= now:
        return Health("bad", "Its authorisation has ended: connect it again.", "reconnect")
    if account.expires_at is not None and account.expires_at <= now and account.renew_at is None:
        return Health("bad", "Its token has ended: connect it again.", "reconnect")
    if account.ends_at is not None and account.ends_at - now <= WARN_BEFORE:
        days = max((account.ends_at - now).days, 0)
        day_text = "today" if days == 0 else "tomorrow" if days == 1 else f"in {days} days"
        return Health(
            "care", f"Its authorisation ends {day_text}: connect it again before then.", "reconnect", account.ends_at
        )
    if account.renew_at is not None and account.expires_at is not None and account.expires_at + _SILENT <= now:
        return Health("care", "Its token could not be renewed so far; that is tried on.", "wait")
    if account.rests_until is not None and account.rests_until > now:
        return Health(
            "care", account.rests_because or "Its network takes nothing more for now.", "wait", account.rests_until
        )
    if account.allowance == 0 and account.allowance_until is not None and account.allowance_until > now:
        return Health("care", "What its network allows is used up for now.", "wait", account.allowance_until)
    return Health("good")


def warnings(now: datetime) -> list[tuple[Account, Health]]:
    """Return the accounts that a person should look at, the worst first."""
    health_pairs = [
        (account, of(account, now)) for account in Account.objects.select_related("publication").order_by("pk")
    ]
    alerts = [
        (account, health) for account, health in health_pairs if health.remedy == "reconnect" or health.level == "bad"
    ]
    return sorted(alerts, key=lambda pair: pair[1].level != "bad")
