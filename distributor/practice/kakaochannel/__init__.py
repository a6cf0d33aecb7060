"""A dealer of KakaoTalk messages in the practice world."""

from __future__ import annotations

from distributor.practice.kakaochannel.api import NETWORK

__all__ = ["NETWORK"]
