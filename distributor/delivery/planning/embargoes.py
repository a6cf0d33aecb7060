"""What a letter's source keeps back: it says that it is a draft, or its date is still to come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from distributor.delivery.planning.earliest_release import zone_of
from distributor.domain.times import clock
from distributor.letters.models import Letter


@dataclass(frozen=True, slots=True)
class Embargo:
    """Why a letter is not to go out by itself, as a sentence, and until when (aware) where that is said."""

    sentence: str
    until: datetime | None = None


def of_letter(letter: Letter, *, at: datetime | None, now: datetime) -> Embargo | None:
    """Return what keeps a letter back that is queued for `at`, or for `now` where that is None; None for nothing.

    A date that has come by then keeps nothing back.
    """
    if letter.withheld:
        return Embargo(f"{letter.withheld} So it is planned as a draft: approve it when it may go out.")
    until = letter.published_at
    if until is None or until <= (at or now):
        return None
    zone = zone_of(letter.publication)
    date = f"{clock(until, now=now, zone=zone)} {until.astimezone(zone):%Z}"
    if at is None:
        return Embargo(
            f"It is dated {date}, which is still to come. So it is planned as a draft for then: approve it, and it "
            "goes out at that time.",
            until,
        )
    return Embargo(
        f"It is dated {date}, which is later than the time given. So it is planned as a draft: approve it where that "
        "is meant, or give it a later time.",
        until,
    )
