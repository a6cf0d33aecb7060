"""When a channel's own rules let a dispatch go out: some kinds of message are forbidden at night."""

from __future__ import annotations

from datetime import datetime

from distributor.channels import registry
from distributor.delivery.models import Dispatch
from distributor.delivery.variants.previews import options_for
from distributor.letters.models import Publication


def not_before(publication: Publication, channel: str, moment: datetime) -> datetime:
    """Return the first time from `moment` (aware) on at which the channel may send for this publication.

    A channel that there is not forbids nothing.
    """
    known = registry.CHANNELS.get(channel)
    if known is None:
        return moment
    options = options_for(publication.slug, publication.channel_options, channel)
    return max(moment, known.not_before(options, moment))


def allowed(dispatch: Dispatch, moment: datetime) -> datetime:
    """Return the first time from `moment` (aware) on at which this dispatch may go out."""
    return not_before(dispatch.publication, dispatch.channel, moment)
