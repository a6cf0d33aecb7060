"""X in share bars. Source: https://docs.x.com/x-for-websites/post-button/guides/web-intent"""

from __future__ import annotations

from distributor.channels.share_records import ShareAddress, ShareButton, ShareRecord, ShareSigns

SHARE_RECORD = ShareRecord(
    label={"en": "X", "ko": "X"},
    usual=True,
    signs=ShareSigns(
        words=("twitter", "x", "tweet", "tw", "트위터", "엑스", "트윗", "ツイート", "ツイッター", "推特"),
        apart=(("x twitter", "twitter"), ("twitter x", "twitter")),
        plain_classes=("x",),
        addresses=(
            ShareAddress("twitter.com", r"/(?:intent|share|home$)"),
            ShareAddress("x.com", r"/(?:intent|share)"),
        ),
        sites=("twitter", "x"),
        closing_labels=("x", "×"),
    ),
    button=ShareButton(
        icon='<path fill="none" stroke="currentColor" stroke-width="2.2" stroke-linecap="round" d="M5 4.8 19 '
        '19.2M18.6 4.8 5.4 19.2"/>',
        name={"en": "Twitter share button", "ko": "트위터 공유 버튼"},
        hint={"en": "Post on X", "ko": "X(트위터)에 올리기"},
        address="https://x.com/intent/tweet?text={title}&url={url}",
    ),
)
