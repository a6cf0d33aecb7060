"""Mastodon, and servers that speak its API: a post, or a thread, to one account."""
