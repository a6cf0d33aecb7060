"""Slots of a publication's channels: which there are, and the next one of a channel that is free."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from distributor.channels import registry
from distributor.delivery.models import Dispatch
from distributor.delivery.planning import approval
from distributor.delivery.planning.earliest_release import zone_of
from distributor.delivery.transitions import locked, state_of
from distributor.delivery.variants import channel_settings
from distributor.domain import slots
from distributor.domain.dispatch_actions import ACTIONS
from distributor.domain.errors import BadInput, BadTime, StateError
from distributor.domain.slots import Slot
from distributor.domain.states import State, refusal
from distributor.letters.models import Letter, Publication

# What has a time to come and may go out at it.
TO_COME = (
    State.DRAFT.value,
    State.HELD.value,
    State.SCHEDULED.value,
    State.PAUSED.value,
    State.BLOCKED.value,
)


def slots_of(publication: Publication, channel: str) -> tuple[Slot, ...]:
    """Return a channel's slots; none for a channel that there is not, or where what is stored can't be read."""
    if channel not in registry.CHANNELS:
        return ()
    entry = channel_settings.entry_of(publication.channel_options, channel)
    return slots.read_slots(channel_settings.read(channel_settings.SLOTS, entry.get(channel_settings.SLOTS.name)))


def earliest_slot(now: datetime, *, hold: timedelta, hold_until: datetime | None = None) -> datetime:
    """Return from when on (aware) slots count: an approval now is held for `hold`, one before it until `hold_until`."""
    return max(now + hold, hold_until or now)


def next_slots(
    publication: Publication, letter: Letter, channels: Iterable[str], after: datetime
) -> dict[str, datetime]:
    """Return the next free slot (UTC) of each of these channels that has slots, from `after` (aware) on.

    Nobody else takes one of them until the transaction ends. What goes out of the same letter takes no slot from it.
    Raises BadInput where none of them has slots, and BadTime where a year of them is full.
    """
    channels = [name for name in channels if slots_of(publication, name)]
    if not channels:
        raise BadInput("None of these channels has slots: set them in the calendar under “Slots”, or give a time.")
    _lock(publication.pk)
    times = free_slots(publication, channels, after, letter=letter)
    for name in channels:
        if name not in times:
            raise BadTime(f"All slots of {registry.label(name)} are full for a year: give a time.")
    return times


def free_slots(
    publication: Publication,
    channels: Iterable[str],
    after: datetime,
    *,
    letter: Letter | None = None,
    dispatch: Dispatch | None = None,
) -> dict[str, datetime]:
    """Return each channel's next slot (UTC) from `after` (aware) on that is free, without those that have none.

    What goes out of the `letter`, and the `dispatch` itself, take no slot from it.
    """
    by_channel = {name: channel_slots for name in channels if (channel_slots := slots_of(publication, name))}
    if not by_channel:
        return {}
    occupancy, zone = _occupancy(publication, by_channel, letter=letter, dispatch=dispatch), zone_of(publication)
    times = {
        name: slots.next_slot(channel_slots, after, zone, occupancy=occupancy.get(name, ()))
        for name, channel_slots in by_channel.items()
    }
    return {name: at for name, at in times.items() if at is not None}


def next_slot_of(dispatch: Dispatch, now: datetime) -> datetime | None:
    """Return the next free slot (UTC) of a dispatch's channel, after its hold; None for none. `now` is aware."""
    hold = timedelta(0) if dispatch.approved_at else timedelta(minutes=dispatch.hold_minutes)
    after = earliest_slot(now, hold=hold, hold_until=dispatch.hold_until)
    channels = [dispatch.channel]
    times = free_slots(dispatch.publication, channels, after, letter=dispatch.letter, dispatch=dispatch)
    return times.get(dispatch.channel)


@transaction.atomic
def to_next_slot(dispatch_id: int) -> Dispatch:
    """Give a dispatch that is not released yet the time of its channel's next free slot. Raises BadInput for none."""
    # Before the dispatch is locked: whoever queues for a slot may need the page that this is, while this waits.
    for publication_id in Dispatch.objects.filter(pk=dispatch_id).values_list("publication", flat=True):
        _lock(publication_id)
    dispatch = locked(dispatch_id)
    if state_of(dispatch) not in ACTIONS["next-slot"].states:
        raise StateError(refusal(state_of(dispatch), "be given another time"))
    if not slots_of(dispatch.publication, dispatch.channel):
        label = registry.label(dispatch.channel)
        raise StateError(f"{label} has no slots: set them in the calendar under “Slots”, or give a time.")
    at = next_slot_of(dispatch, timezone.now())
    if at is None:
        raise BadTime(f"All slots of {registry.label(dispatch.channel)} are full for a year: give a time.")
    return approval.reschedule(dispatch_id, at)


def _lock(publication_id: int) -> None:
    """Let one at a time take slots of a publication.

    Its row is no lock for that: who changes its settings holds it too. But it has to be there for whoever plans a
    dispatch, so that is waited for first: else two could wait for one another.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM letters_publication WHERE id = %s FOR KEY SHARE", [publication_id])
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('slots', %s))", [publication_id])


def _occupancy(
    publication: Publication, channels: Iterable[str], *, letter: Letter | None, dispatch: Dispatch | None
) -> dict[str, list[datetime]]:
    """Return when something else is to go out, by channel."""
    rows = Dispatch.objects.filter(publication=publication, channel__in=list(channels), state__in=TO_COME)
    if letter is not None:
        rows = rows.exclude(letter=letter)
    if dispatch is not None:
        rows = rows.exclude(pk=dispatch.pk)
    occupancy: dict[str, list[datetime]] = {}
    for channel, due_at in rows.values_list("channel", "due_at"):
        occupancy.setdefault(channel, []).append(due_at)
    return occupancy
