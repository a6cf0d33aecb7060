"""The explicit list of channels. Adding one: docs/adding-a-channel.md."""

from __future__ import annotations

from distributor.channels import (
    apprise,
    bluesky,
    facebook,
    kakao,
    kakaochannel,
    link,
    linkedin,
    mail,
    mastodon,
    telegram,
    threads,
    twitter,
    webhook,
)
from distributor.channels.base import Channel
from distributor.domain.errors import UnknownChannel

# In the usual order of a share bar.
_CHANNELS: tuple[Channel, ...] = (
    facebook.channel,
    twitter.channel,
    kakao.channel,
    mail.channel,
    link.channel,
    linkedin.channel,
    telegram.channel,
    bluesky.channel,
    mastodon.channel,
    threads.channel,
    kakaochannel.channel,
    webhook.channel,
    apprise.channel,
)

CHANNELS: dict[str, Channel] = {channel.name: channel for channel in _CHANNELS}


def names() -> tuple[str, ...]:
    """Return the channels' names in the usual order of a share bar."""
    return tuple(CHANNELS)


def get(name: str) -> Channel:
    """Return the channel of that name. Raises UnknownChannel."""
    try:
        return CHANNELS[name]
    except KeyError:
        raise UnknownChannel(name, names()) from None
