"""Storing a publication's settings for its channels (`delivery.variants.channel_settings`)."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from distributor.delivery.variants import channel_settings
from distributor.letters.models import Publication


@transaction.atomic
def store(publication: Publication, channel: str, chosen: Mapping[str, str]) -> None:
    """Store these settings and leave the others as they are; an empty one goes back to its default.

    Only what differs from its default is stored. All or nothing: raises UnknownChannel, and BadInput for a bad one.
    """
    values = channel_settings.checked_all(channel, chosen)
    # Two editors at once: each one's settings are put into what is stored then.
    options = Publication.objects.select_for_update().get(pk=publication.pk).channel_options
    stored, theirs = dict(channel_settings.stored_of(options, channel)), channel_settings.own_names(channel)
    own = dict(channel_settings.object_of(stored.pop(channel_settings.OWN, None)))
    for setting in channel_settings.settings_of(channel):
        if setting.name not in values:
            continue
        value, place = values[setting.name], own if setting.name in theirs else stored
        place.pop(setting.name, None)
        if value != setting.default:
            is_flag = setting.name not in theirs and setting.choices == channel_settings.YES_OR_NO
            place[setting.name] = value == channel_settings.YES if is_flag else value
    if own:
        stored[channel_settings.OWN] = own
    others = {name: value for name, value in channel_settings.object_of(options).items() if name != channel}
    publication.channel_options = {**others, channel: stored} if stored else others
    publication.save(update_fields=["channel_options"])
