"""Slots of a publication's channels: which there are, and the next one of a channel that is free."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
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


def next_slots(
    publication: Publication, letter: Letter, channels: Iterable[str], after: datetime
) -> dict[str, datetime]:
    """Return the next free slot (UTC) of each of these channels that has slots, from `after` (aware) on.

    What goes out of the same letter takes no slot from it. Raises BadInput where none of them has slots, and where a
    year of them is full.
    """
    by_channel = {name: channel_slots for name in channels if (channel_slots := slots_of(publication, name))}
    if not by_channel:
        raise BadInput("None of these channels has slots: set them in the calendar under “Slots”, or give a time.")
    occupancy = _occupancy(publication, by_channel, but=letter)
    zone, times = zone_of(publication), {}
    for name, channel_slots in by_channel.items():
        at = slots.next_slot(channel_slots, after, zone, occupancy=occupancy.get(name, ()))
        if at is None:
            raise BadTime(f"All slots of {registry.label(name)} are full for a year: give a time.")
        times[name] = at
    return times


def next_slot_of(dispatch: Dispatch, after: datetime) -> datetime | None:
    """Return the next free slot (UTC) of a dispatch's channel from `after` (aware) on; None for none."""
    return next_free(dispatch.publication, dispatch.letter, dispatch.channel, after)


def next_free(publication: Publication, letter: Letter | None, channel: str, after: datetime) -> datetime | None:
    """Return a channel's next slot (UTC) from `after` (aware) on at which no other letter goes out; None for none."""
    channel_slots = slots_of(publication, channel)
    if not channel_slots:
        return None
    occupancy = _occupancy(publication, [channel], but=letter).get(channel, ())
    return slots.next_slot(channel_slots, after, zone_of(publication), occupancy=occupancy)


@transaction.atomic
def to_next_slot(dispatch_id: int) -> Dispatch:
    """Give a dispatch that is not released yet the time of its channel's next free slot. Raises BadInput for none."""
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


def _occupancy(publication: Publication, channels: Iterable[str], *, but: Letter | None) -> dict[str, list[datetime]]:
    """Return when something else is to go out, by channel."""
    rows = Dispatch.objects.filter(publication=publication, channel__in=list(channels), state__in=TO_COME)
    if but is not None:
        rows = rows.exclude(letter=but)
    occupancy: dict[str, list[datetime]] = {}
    for channel, due_at in rows.values_list("channel", "due_at"):
        occupancy.setdefault(channel, []).append(due_at)
    return occupancy
