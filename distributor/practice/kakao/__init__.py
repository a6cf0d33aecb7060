"""KakaoTalk in the practice world."""

from __future__ import annotations

from distributor.practice.kakao.api import NETWORK

__all__ = ["NETWORK"]
