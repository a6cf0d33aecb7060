"""A KakaoTalk channel in share bars."""

from __future__ import annotations

from distributor.channels.share_records import ShareRecord, ShareSigns

SHARE_RECORD = ShareRecord(
    label={"en": "KakaoTalk channel", "ko": "카카오톡 채널"},
    signs=ShareSigns(
        words=("kakaochannel", "talkchannel", "카카오채널", "카카오톡채널", "톡채널"),
        apart=(
            ("kakaotalk channel", "kakaochannel"),
            ("kakao channel", "kakaochannel"),
            ("카카오톡 채널", "카카오톡채널"),
            ("카카오 채널", "카카오채널"),
            ("톡 채널", "톡채널"),
        ),
    ),
    no_button="Only the newsroom writes to the followers of its channel. A reader’s chats are KakaoTalk’s own button.",
)
