"""The social networks of the practice world, as an explicit list. Adding one: its folder or module, one line here."""

from __future__ import annotations

from distributor.practice import (
    apprise,
    bluesky,
    facebook,
    identities,
    kakao,
    kakaochannel,
    linkedin,
    mastodon,
    telegram,
    threads,
    twitter,
    webhook,
)
from distributor.practice.network import Network

# In the usual order of a share bar.
NETWORKS: tuple[Network, ...] = (
    facebook.NETWORK,
    twitter.NETWORK,
    kakao.NETWORK,
    linkedin.NETWORK,
    telegram.NETWORK,
    bluesky.NETWORK,
    mastodon.NETWORK,
    threads.NETWORK,
    kakaochannel.NETWORK,
    webhook.NETWORK,
    apprise.NETWORK,
)

BY_CHANNEL: dict[str, Network] = {network.channel: network for network in NETWORKS}
CHANNELS = ("mail", *BY_CHANNEL)
ACCOUNTS = (identities.MAIL_ACCOUNT, *(network.account for network in NETWORKS))
APPS = {network.channel: network.app for network in NETWORKS if network.app}
