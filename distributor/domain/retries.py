"""What to do with an outcome: done, try again and when, stop, or ask a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from distributor.domain.outcomes import Accepted, Deferred, Outcome, Reconnect, Rejected, Unconfirmed

# Growing, as RFC 5321 §4.5.4.1 advises for mail; the last one repeats until patience ends.
DELAYS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60, 120, 240))
MAIL_PATIENCE = timedelta(days=3)
RECALL_PATIENCE = timedelta(days=1)  # then a person deletes it by hand
POST_PATIENCE = timedelta(days=1)  # a post that is a day late is no news: better that a person looks at it


@dataclass(frozen=True, slots=True)
class Finish:
    """The channel has it."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Try again at this time (aware)."""

    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Stop:
    """It will not work; the reason is for an editor."""

    reason: str


@dataclass(frozen=True, slots=True)
class AskPerson:
    """A person has to connect the account again (`reconnect`) or to say whether the post is there."""

    reason: str
    reconnect: bool = False


Decision = Finish | Retry | Stop | AskPerson


def decide(outcome: Outcome, *, attempt: int, first_tried_at: datetime, now: datetime, patience: timedelta) -> Decision:
    """Decide what follows from an outcome. `attempt` counts from 1; times are aware.

    A deferral is retried after a growing delay, not before the time that the channel named, until `patience` since the
    first try is used up.
    """
    match outcome:
        case Accepted():
            return Finish()
        case Rejected(reason=reason):
            return Stop(reason)
        case Reconnect(reason=reason):
            return AskPerson(reason, reconnect=True)
        case Unconfirmed(reason=reason):
            return AskPerson(reason)
        case Deferred(reason=reason, retry_at=retry_at):
            at = max(retry_at or now, now + DELAYS[min(attempt, len(DELAYS)) - 1])
            if at - first_tried_at > patience:
                return Stop(f"Given up after {_span(now - first_tried_at)}: {reason}")
            return Retry(at, reason)


def _span(length: timedelta) -> str:
    hours = round(length / timedelta(hours=1))
    if hours >= 48:
        return f"{hours // 24} days"
    if hours >= 2:
        return f"{hours} hours"
    minutes = max(round(length / timedelta(minutes=1)), 1)
    return f"{minutes} minutes" if minutes > 1 else "a minute"
