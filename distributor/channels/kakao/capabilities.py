"""What a KakaoTalk message can carry, and what one account may send."""

from __future__ import annotations

from distributor.domain.capabilities import Budget, Capabilities, PictureLimits

CAPABILITIES = Capabilities(
    label="KakaoTalk",
    limit=200,  # of a text template; a feed card's description is kept to the same
    counts="characters",
    link_needed=True,
    images=True,
    pictures=PictureLimits(size=(800, 400), by_url=True),  # Kakao’s servers fetch it
    lookup=False,  # a message that was sent can't be listed
    budgets=(Budget(100, 86_400),),  # of one sender; an app has 30,000, a recipient 100, a pair of the two 20 a day
    source="https://developers.kakao.com/docs/latest/en/kakaotalk-message/rest-api",
)
