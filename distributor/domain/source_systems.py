"""The systems that people come from, told by the columns of their exports, and our own export's lists."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from distributor.domain.mail_statuses import MailStatus, plain


@dataclass(frozen=True, slots=True)
class System:
    """A system by the columns that only its exports have, and those that say something else than they seem to."""

    name: str
    signs: tuple[frozenset[str], ...]
    exceptions: frozenset[str] = frozenset()


def _system(name: str, *signs: str, exceptions: str = "") -> System:
    return System(name, tuple(_columns(sign) for sign in signs), _columns(exceptions))


def _columns(text: str) -> frozenset[str]:
    return frozenset(plain(part) for part in text.split(",") if part.strip())


# Substack's active_subscription and dates are of paid plans: who has none gets the free letters.
_SYSTEMS = (
    _system("Ghost", "email, subscribed_to_emails"),
    _system(
        "Substack",
        "email, active_subscription, email_disabled",
        "email, stripe plan, start date",
        exceptions="active_subscription, cancel date, expiry, paid upgrade date",
    ),
    _system("Buttondown", "email_address, subscriber_type", "email, subscriber_type"),
    _system("Kit", "email, state, cancelled_at", "email, first_name, state, created_at"),
    _system("listmonk", "uuid, email, attributes, status", "email, attributes, status"),
    _system("Mailchimp", "email address, leid, euid", "email address, member_rating"),
    _system("beehiiv", "email, status, utm_source", "email, subscription_premium_tier"),
    _system("Campaign Monitor", "email address, date subscribed, status", "email address, unsubscribed date"),
)


def system_of(header: Iterable[str]) -> System | None:
    """Return the system whose export has these columns, None where nothing tells."""
    columns = frozenset(map(plain, header))
    return next((system for system in _SYSTEMS if any(sign <= columns for sign in system.signs)), None)


_LIST_ENTRY = re.compile(r"([a-z0-9-]+): (active|left)(?: \d{4}-\d\d-\d\d)?")


def own_lists_status(cell: str, list_slug: str) -> MailStatus | None:
    """Return what our own export's column `lists` says of someone for a list; None where it is another column."""
    entries = [_LIST_ENTRY.fullmatch(entry.strip()) for entry in cell.split(";")]
    states = {entry[1]: MailStatus(entry[2]) for entry in entries if entry}
    if len(states) < len(entries):
        return None
    return states.get(list_slug) or min(states.values(), key=list(MailStatus).index)
