"""Threads: a post, or several that answer each other, of one account."""

from __future__ import annotations

from distributor.channels.threads.adapter import ThreadsChannel

channel = ThreadsChannel()
