"""What a KakaoTalk message can carry."""

from __future__ import annotations

from distributor.domain.capabilities import Capabilities

CAPABILITIES = Capabilities(
    label="KakaoTalk",
    limit=200,  # of a text template; a feed card's description is kept to the same
    counts="characters",
    images=True,
    lookup=False,  # a message that was sent can't be listed
    source="https://developers.kakao.com/docs/latest/en/kakaotalk-message/rest-api",
)
