"""The hour at which mailings were opened most, judged by those of the past, with the evidence for it. Pure.

Opens are hints: some mail programs load every picture by themselves, others none. Both do so at every hour, so that
hours can be compared. A few mailings at an hour say little, so each hour's share is drawn towards that of all mailings,
by as much as a mailing or two would weigh.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

FEWEST_MAILINGS = 6  # in all; before that nothing is said
FEWEST_AT_AN_HOUR = 2
FEWEST_HOURS = 2  # with only one there is nothing to compare
PRIOR_MAILINGS = 2  # what the average of all weighs against an hour's own
CLEARLY = 0.01  # by how much of its readers the best hour has to be above all together


@dataclass(frozen=True, slots=True)
class MailingOpens:
    """One mailing: the local hour at which it went out (0 to 23), how many got it, and how many of them opened it."""

    hour: int
    recipients: int
    people: int


@dataclass(frozen=True, slots=True)
class BestHour:
    """What the past says. `hour` is None where it says too little, or all hours do alike.

    `share` is how much of an hour's readers opened (0 to 1), `average` of all; `mailings` how many went out at that
    hour, `total` how many there are.
    """

    hour: int | None
    share: float = 0.0
    average: float = 0.0
    mailings: int = 0
    total: int = 0


def best_hour(mailings: Iterable[MailingOpens]) -> BestHour:
    """Return the hour with the largest share of opens, and what that is judged by."""
    sample = [mailing for mailing in mailings if mailing.recipients > 0]
    total = len(sample)
    if not sample:
        return BestHour(None)
    average = sum(_share(mailing) for mailing in sample) / total
    by_hour: dict[int, list[float]] = {}
    for mailing in sample:
        by_hour.setdefault(mailing.hour, []).append(_share(mailing))
    candidates = {hour: shares for hour, shares in by_hour.items() if len(shares) >= FEWEST_AT_AN_HOUR}
    if total < FEWEST_MAILINGS or len(candidates) < FEWEST_HOURS:
        return BestHour(None, average=average, total=total)
    weights = {
        hour: (sum(shares) + PRIOR_MAILINGS * average) / (len(shares) + PRIOR_MAILINGS)
        for hour, shares in candidates.items()
    }
    hour = max(sorted(weights), key=weights.__getitem__)
    if weights[hour] - average < CLEARLY:
        return BestHour(None, average=average, total=total)
    shares = candidates[hour]
    return BestHour(hour, sum(shares) / len(shares), average, len(shares), total)


def _share(mailing: MailingOpens) -> float:
    return min(1.0, mailing.people / mailing.recipients)
