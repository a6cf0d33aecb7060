"""Mastodon, and servers that speak its API: a post, or a thread, to one account."""

from __future__ import annotations

from distributor.channels.mastodon.adapter import MastodonChannel

channel = MastodonChannel()
