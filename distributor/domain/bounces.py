"""When bounces cost a subscriber: at once only when the mailbox is gone, else after weeks without one success.

The figures, and what they come to:

- A day counts once, by the worst of it: 1 for what was given up for a passing reason (4.x.x), 2 for a refusal for good
  that says nothing of the mailbox being gone (5.x.x: full, closed by policy, or no code at all).
- What counted fades: half of it is left after 30 days.
- An address is given up at 6 points or more, from at least 5 different days, the first and last of which are at least
  14 days apart. So a daily letter's soft bounces cost a subscriber after 15 days without a break, a weekly letter's
  after 14 weeks (refusals: after 5), a monthly letter's never.
- Any mail that arrived in between forgives everything before it: one that the recipient's server reported as delivered,
  or that was accepted when we sent it and did not come back within 6 days. A server gives up after 4 to 5 days (RFC
  5321 §4.5.4.1), and a bounce is on its way for a moment: what is older has arrived, or was dropped in silence.
- A refusal that speaks of us (policy, content, protocol) and hit several people of one domain on the same day is
  trouble of ours, such as a listing: it counts for nobody.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from distributor.domain.returns import Kind, MailEvent

HALF_LIFE = timedelta(days=30)
LIMIT = 6.0
LEAST_DAYS = 5
LEAST_SPAN = timedelta(days=14)
WINDOW = timedelta(days=180)  # six half-lives: what is older weighs less than 1/64
ARRIVAL = timedelta(days=6)  # after so long an accepted mail does not bounce any more
DOMAIN_OUTAGE = 3  # people of one domain on one day

_SOFT = 1.0
_STRONG = 2.0

# RFC 3463 and the IANA registry: addresses that do not exist, have moved away, or take no mail at all.
_GONE_MAILBOX = re.compile(r"5\.(1\.(1|2|3|6|10)|2\.1)$")
# RFC 3463 §3.6 to 3.8: protocol, content, security and policy; X.3.4: the message is too big.
SENDER_STATUS = r"^[45]\.(3\.4|[567]\.[0-9]{1,3})$"
_SENDER_STATUS = re.compile(SENDER_STATUS)


@dataclass(frozen=True, slots=True)
class Bounce:
    """One bounce of an address, on a day (UTC)."""

    day: date
    kind: Kind
    status: str = ""


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A mail of a dispatch that a server took from us, at a time (aware) on our clock."""

    dispatch: int
    at: datetime


def last_success(
    acceptances: Iterable[Acceptance], bounces: Iterable[tuple[datetime, int | None]], now: datetime
) -> datetime | None:
    """Return when the last mail was accepted that has arrived by now, None where there is none.

    `bounces` are (when it came in, its dispatch). One whose dispatch is not known may be of any mail that was accepted
    in the days before it.
    """
    returns = list(bounces)
    return max(
        (
            mail.at
            for mail in acceptances
            if mail.at <= now - ARRIVAL and not any(_is_of(*each, mail) for each in returns)
        ),
        default=None,
    )


def _is_of(at: datetime, dispatch: int | None, mail: Acceptance) -> bool:
    return mail.at <= at <= mail.at + ARRIVAL if dispatch is None else dispatch == mail.dispatch


def is_mailbox_gone(code: str) -> bool:
    """Whether a refusal with this enhanced status code says that the mailbox is gone for good.

    Everything else (policy, content, size, a full mailbox, a template that failed) never costs a subscriber.
    """
    return bool(_GONE_MAILBOX.match(code))


def is_certain_end(event: MailEvent) -> bool:
    """Whether this one bounce says, and is certain to say, that the mailbox is gone for good."""
    proven = event.certain and not event.forwarded
    return event.kind is Kind.HARD_BOUNCE and proven and is_mailbox_gone(event.status)


def concerns_sender(status: str) -> bool:
    """Whether a status code speaks of the sender or the letter and not of the mailbox."""
    return bool(_SENDER_STATUS.match(status))


def score(bounces: Iterable[Bounce], today: date) -> float:
    """Return what an address's bounces since its last success come to on a day."""
    ages = ((max(today - day, timedelta()) / HALF_LIFE, weight) for day, weight in _days(bounces, today).items())
    return sum(weight * math.pow(0.5, age) for age, weight in ages)


def is_worn_out(bounces: Iterable[Bounce], today: date) -> bool:
    """Whether an address has bounced for so long, since its last success, that it is given up."""
    history = list(bounces)
    days = _days(history, today)
    if len(days) < LEAST_DAYS or max(days) - min(days) < LEAST_SPAN:
        return False
    return score(history, today) >= LIMIT


def _days(bounces: Iterable[Bounce], today: date) -> dict[date, float]:
    days: dict[date, float] = {}
    for bounce in bounces:
        if today - bounce.day <= WINDOW:
            weight = _STRONG if bounce.kind is Kind.HARD_BOUNCE else _SOFT
            days[bounce.day] = max(days.get(bounce.day, 0.0), weight)
    return days
