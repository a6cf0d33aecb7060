"""Bluesky."""

from __future__ import annotations

from distributor.channels.bluesky.adapter import BlueskyChannel
from tests.contract.cases.spec import Spec, posting

SPEC = Spec(BlueskyChannel, posting("bluesky"), too_long="long " * 61, notices_repeats=True)
