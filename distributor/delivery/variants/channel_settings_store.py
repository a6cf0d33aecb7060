"""Storing a publication's settings for its channels (`delivery.variants.channel_settings`)."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from distributor.delivery.variants import channel_settings
from distributor.letters.models import Publication


@transaction.atomic
def store(publication: Publication, channel: str, texts: Mapping[str, str]) -> None:
    """Store these settings and leave the others as they are; an empty one goes back to its default.

    Only what differs from its default is stored. All or nothing: raises UnknownChannel, and BadInput for a bad one.
    """
    values = channel_settings.check_all(channel, texts)
    # Two editors at once: each one's settings are put into what is stored then.
    options = Publication.objects.select_for_update().get(pk=publication.pk).channel_options
    entry, channel_names = dict(channel_settings.entry_of(options, channel)), channel_settings.own_names(channel)
    channel_entry = dict(channel_settings.object_of(entry.pop(channel_settings.CHANNEL_KEY, None)))
    for setting in channel_settings.settings_of(channel):
        if setting.name not in values:
            continue
        value, place = values[setting.name], channel_entry if setting.name in channel_names else entry
        place.pop(setting.name, None)
        if value != setting.default:
            is_flag = setting.name not in channel_names and setting.choices == channel_settings.YES_OR_NO
            place[setting.name] = value == channel_settings.YES if is_flag else value
    if channel_entry:
        entry[channel_settings.CHANNEL_KEY] = channel_entry
    other_channels = {name: value for name, value in channel_settings.object_of(options).items() if name != channel}
    publication.channel_options = {**other_channels, channel: entry} if entry else other_channels
    publication.save(update_fields=["channel_options"])
