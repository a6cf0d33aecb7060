"""Bluesky: a post, or a thread, to one account, over the AT Protocol."""

from __future__ import annotations

from distributor.channels.bluesky.adapter import BlueskyChannel

channel = BlueskyChannel()
