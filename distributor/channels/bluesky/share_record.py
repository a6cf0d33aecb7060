"""Bluesky in share bars. Source: https://docs.bsky.app/docs/advanced-guides/intent-links"""

from __future__ import annotations

from distributor.channels.share_records import ShareAddress, ShareButton, ShareRecord, ShareSigns

SHARE_RECORD = ShareRecord(
    label={"en": "Bluesky", "ko": "블루스카이"},
    signs=ShareSigns(
        words=("bluesky", "bsky", "블루스카이"),
        addresses=(ShareAddress("bsky.app", r"/intent"),),
        sites=("bsky",),
    ),
    button=ShareButton(
        icon='<path fill="currentColor" d="M12 11.2C11 9.1 8.3 6 5.9 4.7 4.3 3.9 3.4 4.5 3.4 6.2c0 1 .5 5 .9 '
        "5.9.6 1.5 2.1 1.9 3.7 1.8-2.4.4-3.3 1.7-1.8 3.5 2.7 3.2 4.6.6 5.8-2.3 1.2 2.9 3.1 5.5 5.8 2.3 "
        "1.5-1.8.6-3.1-1.8-3.5 1.6.1 3.1-.3 3.7-1.8.4-.9.9-4.9.9-5.9 0-1.7-.9-2.3-2.5-1.5C15.7 6 13 9.1 "
        '12 11.2z"/>',
        name={"en": "Bluesky share button", "ko": "블루스카이 공유 버튼"},
        hint={"en": "Post on Bluesky", "ko": "블루스카이에 올리기"},
        address="https://bsky.app/intent/compose?text={title}%20{url}",
    ),
)
