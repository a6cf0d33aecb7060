"""Link: the letter published on our own pages and in the feeds."""

from __future__ import annotations

from distributor.channels.link.adapter import LinkChannel

channel = LinkChannel()
