"""What the bounces of addresses come to (`domain.bounces`), out of what came back and what servers accepted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models.functions import Lower
from django.utils import timezone

from distributor.audience.mail_history import ACCEPTANCES
from distributor.audience.models import Subscriber
from distributor.domain.bounces import (
    ARRIVAL,
    WINDOW,
    Bounce,
    concerns_sender,
    is_held_against_nobody,
    is_worn_out,
    last_success,
    score,
)
from distributor.domain.returns import Kind
from distributor.insights import queries


@dataclass(frozen=True, slots=True)
class _Return:
    """A bounce, when it came in, and the dispatch of its mail, None where that is not known.

    What is not `counted` is about us: it is held against nobody, and still says that the mail did not arrive.
    """

    bounce: Bounce
    at: datetime
    dispatch: int | None
    counted: bool


History = Mapping[str, Sequence[_Return]]


def scores(emails: Iterable[str]) -> dict[str, float]:
    """Return what the bounces of each of these addresses come to today, by the address in lower case.

    Those without a bounce since the last mail that arrived are left out. From `domain.bounces.LIMIT` on an address can
    be given up.
    """
    now = timezone.now()
    with connection.cursor() as cursor:
        history = _history(cursor, {email.lower() for email in emails}, now - WINDOW)
    counted = {email: _bounces(returns) for email, returns in _since_success(history, now).items()}
    return {email: score(bounces, now.date()) for email, bounces in counted.items() if bounces}


def lost_addresses(emails: Iterable[str]) -> dict[str, str]:
    """Return those of these addresses (in lower case) that have bounced for too long, each with a sentence on it.

    Only of suspects is asked what arrived, and what was trouble of ours.
    """
    now = timezone.now()
    today, since = now.date(), now - WINDOW
    with connection.cursor() as cursor:
        suspects = _suspects(_since_success(_suspects(_history(cursor, set(emails), since), today), now), today)
        if not suspects:
            return {}
        own_trouble = _own_trouble(cursor, suspects, since)
    foreign = {
        email: [event for event in returns if not _is_own_trouble(email, event.bounce, own_trouble)]
        for email, returns in suspects.items()
    }
    return {email: _sentence(returns) for email, returns in sorted(_suspects(foreign, today).items())}


def _history(cursor: Any, emails: set[str], since: datetime) -> History:
    """Return what bounced of these addresses (in lower case) since the last mail that was reported as delivered."""
    cursor.execute(queries.BOUNCES, {"emails": sorted(emails), "since": since})
    history: dict[str, list[_Return]] = {}
    for email, at, dispatch, kind, status, reason in cursor.fetchall():
        bounce, counted = Bounce(at.date(), Kind(kind), status), not is_held_against_nobody(status, reason)
        history.setdefault(email, []).append(_Return(bounce, at, dispatch, counted))
    return history


def _since_success(history: History, now: datetime) -> dict[str, Sequence[_Return]]:
    """Return what bounced since the last mail of ours that was accepted and has not come back."""
    if not history:
        return {}
    lower_email = Lower("email")
    ids = dict(Subscriber.objects.alias(lowered=lower_email).filter(lowered__in=history).values_list(lower_email, "pk"))
    first = min(event.at for returns in history.values() for event in returns)
    acceptances = ACCEPTANCES.get()(ids.values(), since=first - ARRIVAL, until=now - ARRIVAL)
    results: dict[str, Sequence[_Return]] = {}
    for email, returns in history.items():
        mails = acceptances.get(ids.get(email, 0), ())
        success = last_success(mails, ((event.at, event.dispatch) for event in returns), now)
        later = [event for event in returns if success is None or event.at > success]
        if later:
            results[email] = later
    return results


def _suspects(history: History, today: date) -> dict[str, Sequence[_Return]]:
    return {email: returns for email, returns in history.items() if is_worn_out(_bounces(returns), today)}


def _bounces(returns: Sequence[_Return]) -> list[Bounce]:
    return [event.bounce for event in returns if event.counted]


def _own_trouble(cursor: Any, emails: Iterable[str], since: datetime) -> set[tuple[str, date]]:
    """Return the domains and days on which several people of one domain were refused for what we are or send."""
    domains = sorted({_domain(email) for email in emails})
    cursor.execute(queries.OUR_TROUBLE, {"domains": domains, "since": since})
    return set(cursor.fetchall())


def _is_own_trouble(email: str, bounce: Bounce, own_trouble: set[tuple[str, date]]) -> bool:
    return concerns_sender(bounce.status) and (_domain(email), bounce.day) in own_trouble


def _sentence(returns: Sequence[_Return]) -> str:
    days = len({bounce.day for bounce in _bounces(returns)})
    return f"Bounced on {days} days without one mail that arrived."


def _domain(email: str) -> str:
    return email.rpartition("@")[2]
