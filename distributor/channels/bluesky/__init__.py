"""Bluesky: a post, or a thread, to one account, over the AT Protocol."""
