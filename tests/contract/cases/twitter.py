"""X."""

from __future__ import annotations

from distributor.channels.twitter.adapter import TwitterChannel
from tests.contract.cases.spec import Spec, posting

SPEC = Spec(TwitterChannel, posting("twitter"), too_long="긴 " * 120, notices_repeats=True, refuses_old_words=True)
