"""When bounces cost a subscriber: at once only when the mailbox is gone, else after weeks without one success.

The figures, and what they come to:

- A day counts once, by the worst of it: 1 for what was given up for a passing reason (4.x.x), 2 for a refusal for good
  that says nothing of the mailbox being gone (5.x.x: full, closed by policy, or no code at all), or whose code says so
  and whose words do not.
- What counted fades: half of it is left after 30 days.
- An address is given up at 6 points or more, from at least 5 different days, the first and last of which are at least
  14 days apart. So a daily letter's soft bounces cost a subscriber after 15 days without a break, a weekly letter's
  after 14 weeks (refusals: after 5), a monthly letter's never.
- Any mail that arrived in between forgives everything before it: one that the recipient's server reported as delivered,
  or that was accepted when we sent it and did not come back within 6 days. A server gives up after 4 to 5 days (RFC
  5321 §4.5.4.1), and a bounce is on its way for a moment: what is older has arrived, or was dropped in silence.
- A refusal whose code speaks of us (policy, content, protocol) and that hit several people of one domain on the same
  day is trouble of ours, such as a listing: it counts for nobody.
- One that says by itself that it is about us (a listed address, too much mail an hour, a sender's address: 5.1.7 and
  5.1.8) counts for nobody, however many it hits.

What a refusal is about is judged by its code and its words, in `domain.refusals`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from distributor.domain.refusals import Ground, ground
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

# RFC 3463 §3.6 to 3.8: protocol, content, security and policy; X.3.4: the message is too big; X.1.7, X.1.8: the sender.
SENDER_STATUS = r"^[45]\.(1\.[78]|3\.4|[567]\.[0-9]{1,3})$"
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


def is_mailbox_gone(code: str, words: str = "") -> bool:
    """Whether a refusal says that the mailbox is gone for good: by its code, and by what was said beside it.

    A code alone does not do where there are words that say something else, or that nobody understands. Everything else
    (policy, content, size, a full mailbox, a template that failed) never costs a subscriber at once.
    """
    return ground(code, words) is Ground.GONE


def is_unclear(code: str, words: str = "") -> bool:
    """Whether a refusal has the code of a mailbox that is gone, beside words that do not say so: it only counts."""
    return ground(code, words) is Ground.UNCLEAR


def bounce_kind(status: str, words: str) -> Kind:
    """Return how a mail that was given up counts: passing trouble is a soft bounce, whatever its code says."""
    passes = status.startswith("4") or ground(status, words) in (Ground.BUSY, Ground.PASSING)
    return Kind.SOFT_BOUNCE if passes else Kind.HARD_BOUNCE


def is_certain_end(event: MailEvent) -> bool:
    """Whether this one bounce says, and is certain to say, that the mailbox is gone for good."""
    proven = event.certain and not event.forwarded
    return event.kind is Kind.HARD_BOUNCE and proven and is_mailbox_gone(event.status, event.reason)


def is_held_against_nobody(status: str, words: str) -> bool:
    """Whether a refusal says by itself that it is about the sender, so that no reader's bounces grow by it."""
    return ground(status, words) is Ground.SENDER


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
