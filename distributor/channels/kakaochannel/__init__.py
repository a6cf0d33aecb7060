"""KakaoTalk channel: messages to a circle of a channel's followers, through a dealer's gateway."""

from __future__ import annotations

from distributor.channels.kakaochannel.adapter import KakaoFollowersChannel

channel = KakaoFollowersChannel()
