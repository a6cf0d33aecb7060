"""Facebook: a post on one page."""

from __future__ import annotations

from distributor.channels.facebook.adapter import FacebookChannel

channel = FacebookChannel()
