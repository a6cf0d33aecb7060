"""The letter's own address in share bars: a reader copies it."""

from __future__ import annotations

from distributor.channels.share_records import ShareButton, ShareRecord, ShareSigns

SHARE_RECORD = ShareRecord(
    label={"en": "Link", "ko": "링크"},
    usual=True,
    signs=ShareSigns(
        words=(
            *("link", "url", "permalink", "clipboard", "copylink", "copyurl", "linkcopy", "urlcopy"),
            *("링크", "주소", "url주소", "링크주소", "퍼머링크"),
            *("リンク", "链接", "連結", "鏈結", "网址", "網址", "lien", "enlace", "tautan"),
        ),
        apart=(("liên kết", "link"),),
        plain_classes=("link", "links", "url", "btn-link", "a-link", "text-link"),
        copies=True,
    ),
    button=ShareButton(
        icon='<path fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" d="M10 14a4 4 0 '
        "0 0 5.9.3l3-3a4 4 0 0 0-5.7-5.7l-1.4 1.4M14 10a4 4 0 0 0-5.9-.3l-3 3a4 4 0 0 0 5.7 "
        '5.7l1.4-1.4"/>',
        name={"en": "Link share button", "ko": "링크 공유 버튼"},
        hint={"en": "Copy the link", "ko": "링크 복사하기"},
        action="copy",
    ),
)
