"""Mastodon."""

from __future__ import annotations

from distributor.channels.mastodon.adapter import MastodonChannel
from tests.contract.cases.spec import Spec, posting

SPEC = Spec(MastodonChannel, posting("mastodon"), too_long="long " * 101, notices_repeats=True)
