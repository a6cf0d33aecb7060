"""What a message to a KakaoTalk channel's followers can carry."""

from __future__ import annotations

from distributor.domain.capabilities import Capabilities

CAPABILITIES = Capabilities(
    label="KakaoTalk channel",
    limit=1300,  # of a 브랜드 메시지 (text); an 알림톡 has its template's words, at most 1,000
    counts="characters",
    link_needed=True,
    lookup=True,  # the dealer lists its groups, each with the intent that it was made for
    source="https://developers.solapi.com/references/messages",
)
