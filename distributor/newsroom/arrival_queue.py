"""In which order arrivals are worked on: those of one door one after the other, in the order in which they came.

An unpublished post overtakes its publication otherwise, and an old version a new one. Any number of workers may run at
once; what a killed one took is taken again.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef

from distributor.delivery import database_clock
from distributor.newsroom.models import Arrival

CLAIM_TIME: Final = timedelta(minutes=3)  # longer than one takes
PAUSE: Final = timedelta(seconds=10)  # after something broke, times the attempts: the door's others wait for it
MOST_ATTEMPTS: Final = 5


@transaction.atomic
def take() -> int | None:
    """Take the next arrival that waits, so that no other worker does, and count the attempt; None where none may go."""
    now = database_clock.now()
    open_arrivals = Arrival.objects.filter(state=Arrival.State.WAITING)
    earlier = open_arrivals.filter(door=OuterRef("door"), pk__lt=OuterRef("pk"))
    rows = open_arrivals.select_for_update(skip_locked=True).filter(~Exists(earlier), next_at__lte=now)
    arrival = rows.order_by("next_at", "pk").first()
    while arrival is not None and arrival.attempts >= MOST_ATTEMPTS:  # its workers died of it: others wait behind it
        fail(arrival.pk, arrival.attempts, Arrival.State.FAILED, "Whoever took it in died of it, each time.")
        arrival = rows.order_by("next_at", "pk").first()
    if arrival is None:
        return None
    arrival.attempts += 1
    arrival.next_at = now + CLAIM_TIME
    arrival.save(update_fields=["attempts", "next_at"])
    return arrival.pk


def put_back(arrival_id: int, *, attempts: int) -> None:
    """Let an arrival that broke something be tried again soon, and fail after so many attempts."""
    if attempts >= MOST_ATTEMPTS:
        fail(arrival_id, attempts, Arrival.State.FAILED, "It broke something each time: the log says what.")
        return
    rows = Arrival.objects.filter(pk=arrival_id, attempts=attempts, state=Arrival.State.WAITING)
    rows.update(next_at=database_clock.now() + PAUSE * attempts)


def fail(arrival_id: int, attempts: int, state: Arrival.State, reason: str) -> bool:
    """End an arrival that made no letter, unless another worker has it by now; return whether it is ended."""
    rows = Arrival.objects.filter(pk=arrival_id, attempts=attempts, state=Arrival.State.WAITING)
    return bool(rows.update(state=state, reason=reason, ended_at=database_clock.now()))


def supersede(arrival: Arrival) -> None:
    """Ask no more about earlier arrivals of the same post: this one says what is so now."""
    if not arrival.post_key:
        return
    earlier = Arrival.objects.filter(
        door=arrival.door_id, post_key=arrival.post_key, pk__lt=arrival.pk, state=Arrival.State.ASKS
    )
    reason = "A later call about the same letter says what is so now."
    earlier.update(state=Arrival.State.IGNORED, reason=reason, ended_at=database_clock.now())
