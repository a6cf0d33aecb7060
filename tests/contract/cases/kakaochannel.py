"""A KakaoTalk channel's followers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from distributor.channels.kakaochannel.adapter import KakaoFollowersChannel
from distributor.channels.kakaochannel.kinds import NOTICE
from distributor.channels.kakaochannel.payload import KakaoChannelPayload
from distributor.domain.variants import Variant
from distributor.practice import identities
from tests.contract.cases.spec import LINK, Spec


def notice_of(text: str) -> Variant:
    """An 알림톡, which goes out at any hour."""
    payload = KakaoChannelPayload(NOTICE, identities.SOLAPI_TEMPLATE, {"title": text})
    return Variant("kakaochannel", link=LINK, payload=payload)


def at_noon(**options: Any) -> KakaoFollowersChannel:
    """Return the channel on a day: in the night it would wait, and the suite runs at any hour."""
    noon_in_seoul = datetime.now(UTC).replace(hour=3, minute=0) + timedelta(days=1)
    return KakaoFollowersChannel(clock=lambda: noon_in_seoul, **options)


SPEC = Spec(at_noon, notice_of, too_long="long " * 201, wrong={"api_key": "wrong"}, token="api_key")
