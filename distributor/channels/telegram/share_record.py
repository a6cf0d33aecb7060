"""Telegram in share bars. Source: https://core.telegram.org/api/links#share-links"""

from __future__ import annotations

from distributor.channels.share_records import ShareAddress, ShareButton, ShareRecord, ShareSigns

SHARE_RECORD = ShareRecord(
    label={"en": "Telegram", "ko": "텔레그램"},
    signs=ShareSigns(
        words=("telegram", "텔레그램"),
        class_words=("tg",),
        addresses=(ShareAddress("t.me", r"/share"), ShareAddress("telegram.me", r"/share")),
        schemes=("tg",),
        sites=("t", "telegram"),
    ),
    button=ShareButton(
        icon='<path fill="none" stroke="currentColor" stroke-width="2" stroke-linejoin="round" '
        'stroke-linecap="round" d="M20.3 4.7 3.7 11.3l4.9 1.7 1.9 5.7 2.7-2.7 4.4 3.2zM8.6 13l7.4-5"/>',
        name={"en": "Telegram share button", "ko": "텔레그램 공유 버튼"},
        hint={"en": "Send in Telegram", "ko": "텔레그램으로 보내기"},
        address="https://t.me/share/url?url={url}&text={title}",
    ),
)
