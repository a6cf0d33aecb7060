"""Facebook."""

from __future__ import annotations

from distributor.channels.facebook.adapter import FacebookChannel
from tests.contract.cases.spec import Spec, posting

SPEC = Spec(
    FacebookChannel,
    posting("facebook"),
    too_long="long " * 20_000,
    wrong={"page_token": "wrong"},
    token="page_token",
    notices_repeats=True,
    refuses_old_words=True,
)
