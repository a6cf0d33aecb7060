"""Slots as editors write them: a line for each channel, a place for each day of the week."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext

from distributor.channels import registry
from distributor.delivery.planning.earliest_release import quiet_hours
from distributor.delivery.planning.slots import slots_of
from distributor.delivery.variants import channel_settings, channel_settings_store
from distributor.domain.errors import BadInput
from distributor.domain.slots import DAYS, Slot, read_slots, slots_text
from distributor.letters.models import Publication

LONGEST = 80  # characters of one day's times


class DaySlotsField(forms.CharField):
    """The times of one channel on one day, such as “09:00 18:30”."""

    def __init__(self, weekday: int, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=LONGEST, **kwargs)
        self.weekday = weekday

    def clean(self, value: Any) -> tuple[Slot, ...]:
        text = str(super().clean(value))
        if not text:
            return ()
        try:
            slots = read_slots(f"{DAYS[self.weekday]} {text}")
        except BadInput:
            slots = ()
        if not slots or any(slot.weekday != self.weekday for slot in slots):
            raise forms.ValidationError(gettext("Write times of day, such as 09:00 18:30."))
        return slots


class SlotsForm(forms.Form):
    """A field for each channel and day of the week; `store` keeps what has changed."""

    prefix = "slots"

    def __init__(self, *args: Any, publication: Publication, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.publication = publication
        for channel in registry.names():
            by_day: dict[int, list[str]] = {}
            for slot in slots_of(publication, channel):
                by_day.setdefault(slot.weekday, []).append(f"{slot.clock:%H:%M}")
            for weekday in range(7):
                name = f"{channel}-{weekday}"
                self.fields[name] = DaySlotsField(weekday, initial=" ".join(by_day.get(weekday, ())))

    @property
    def weekdays(self) -> list[str]:
        """The names of the columns."""
        return [str(WEEKDAYS_ABBR[weekday]) for weekday in range(7)]

    @property
    def lines(self) -> Iterator[tuple[str, str, list[forms.BoundField]]]:
        """Each channel's name, its label, and its fields from Monday on."""
        for channel in registry.names():
            yield channel, registry.label(channel), [self[f"{channel}-{weekday}"] for weekday in range(7)]

    @property
    def quiet_span(self) -> str:
        """The publication's quiet hours, which move what a slot in them would send; "" for none."""
        hours = quiet_hours(self.publication)
        return f"{hours.start:%H:%M} – {hours.end:%H:%M}" if hours else ""

    def store(self) -> list[str]:
        """Keep the slots of each channel that has others than before, and return those channels' labels."""
        changes = []
        for channel in registry.names():
            slots = [slot for weekday in range(7) for slot in self.cleaned_data[f"{channel}-{weekday}"]]
            if tuple(sorted(set(slots))) != slots_of(self.publication, channel):
                texts = {channel_settings.SLOTS.name: slots_text(slots)}
                channel_settings_store.store(self.publication, channel, texts)
                changes.append(registry.label(channel))
        return changes
