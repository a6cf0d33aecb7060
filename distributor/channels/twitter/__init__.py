"""X, by its share-bar name: a post, or a thread, to one account."""

from __future__ import annotations

from distributor.channels.twitter.adapter import TwitterChannel

channel = TwitterChannel()
