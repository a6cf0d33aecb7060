"""Storing a publication's wishes for its channels (`delivery.wishes`)."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from distributor.delivery import wishes
from distributor.letters.models import Publication


@transaction.atomic
def store(publication: Publication, channel: str, wished: Mapping[str, str]) -> None:
    """Store these wishes and leave the others as they are; an empty one goes back to its default.

    Only what differs from its default is stored. All or nothing: raises UnknownChannel, and BadInput for a bad one.
    """
    values = wishes.checked_all(channel, wished)
    # Two editors at once: each one's wishes are put into what is stored then.
    options = Publication.objects.select_for_update().get(pk=publication.pk).channel_options
    stored, theirs = dict(wishes.stored_of(options, channel)), wishes.own_names(channel)
    own = dict(wishes.object_of(stored.pop(wishes.OWN, None)))
    for wish in wishes.of(channel):
        if wish.name not in values:
            continue
        value, place = values[wish.name], own if wish.name in theirs else stored
        place.pop(wish.name, None)
        if value != wish.default:
            is_flag = wish.name not in theirs and wish.choices == wishes.YES_OR_NO
            place[wish.name] = value == wishes.YES if is_flag else value
    if own:
        stored[wishes.OWN] = own
    others = {name: value for name, value in wishes.object_of(options).items() if name != channel}
    publication.channel_options = {**others, channel: stored} if stored else others
    publication.save(update_fields=["channel_options"])
