"""The explicit list of channels: each is a folder beside this file. Adding one: docs/adding-a-channel.md."""

from __future__ import annotations

# In the usual order of a share bar.
NAMES = (
    "facebook",
    "twitter",
    "kakao",
    "mail",
    "link",
    "linkedin",
    "telegram",
    "bluesky",
    "mastodon",
    "threads",
    "kakaochannel",
    "webhook",
    "apprise",
)
