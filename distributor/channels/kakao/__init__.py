"""KakaoTalk: a message card to the connected account itself."""

from __future__ import annotations

from distributor.channels.kakao.adapter import KakaoChannel

channel = KakaoChannel()
