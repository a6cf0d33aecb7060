"""What a letter's source keeps back: it says that it is a draft, or its date is still to come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from distributor.delivery.planning.earliest_release import zone_of
from distributor.domain.times import clock
from distributor.letters.models import Letter

_PLAN_CLAUSE: Final = "So it is planned as a draft"


@dataclass(frozen=True, slots=True)
class Embargo:
    """Why a letter is not to go out by itself, as a sentence, and until when (aware) where that is said.

    `advice` is said beside it where dispatches are planned: what that makes of them, and what a person can do.
    """

    reason: str
    advice: str
    until: datetime | None = None

    @property
    def sentence(self) -> str:
        """Both, for what is planned now."""
        return f"{self.reason} {self.advice}"


def of_letter(letter: Letter, *, at: datetime | None, now: datetime) -> Embargo | None:
    """Return what keeps a letter back that is queued for `at`, or for `now` where that is None; None for nothing.

    A date that has come by then keeps nothing back.
    """
    if letter.withheld:
        return Embargo(letter.withheld, f"{_PLAN_CLAUSE}: approve it when it may go out.")
    until = letter.published_at
    if until is None or until <= (at or now):
        return None
    date = clock(until, now=now, zone=zone_of(letter.publication))
    if at is None:
        reason = f"It is dated {date}, which is still to come."
        return Embargo(reason, f"{_PLAN_CLAUSE} for then: approve it, and it goes out at that time.", until)
    reason = f"It is dated {date}, which is later than the time given."
    return Embargo(reason, f"{_PLAN_CLAUSE}: approve it where that is meant, or give it a later time.", until)
