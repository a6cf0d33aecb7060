"""All channels, ready to use. The list of them is `folders`; what each is in share bars has `share_bar`."""

from __future__ import annotations

from importlib import import_module

from distributor.channels import folders
from distributor.channels.base import Channel
from distributor.domain.errors import UnknownChannel


def _channel(name: str) -> Channel:
    channel: Channel = import_module(f"distributor.channels.{name}.adapter").channel
    return channel


CHANNELS: dict[str, Channel] = {name: _channel(name) for name in folders.NAMES}

# The channel of mailing lists, in the product's words “mail”.
ADDRESSED_CHANNEL = next(name for name, channel in CHANNELS.items() if channel.capabilities.addressed)


def names() -> tuple[str, ...]:
    """Return the channels' names in the usual order of a share bar."""
    return tuple(CHANNELS)


def label(name: str) -> str:
    """Return a channel's name as people see it; one that there is not goes by its word."""
    channel = CHANNELS.get(name)
    return channel.capabilities.label if channel else name


def get(name: str) -> Channel:
    """Return the channel of that name. Raises UnknownChannel."""
    try:
        return CHANNELS[name]
    except KeyError:
        raise UnknownChannel(name, names()) from None
