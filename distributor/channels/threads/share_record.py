"""Threads in share bars. Source: https://developers.facebook.com/docs/threads/threads-web-intents"""

from __future__ import annotations

from distributor.channels.share_records import ShareAddress, ShareButton, ShareRecord, ShareSigns

SHARE_RECORD = ShareRecord(
    label={"en": "Threads", "ko": "스레드"},
    signs=ShareSigns(
        words=("threads", "스레드", "쓰레드"),
        addresses=(
            ShareAddress("threads.net", r"/(?:intent|share)"),
            ShareAddress("threads.com", r"/(?:intent|share)"),
        ),
        sites=("threads",),
    ),
    button=ShareButton(
        icon='<path fill="none" stroke="currentColor" stroke-width="1.9" stroke-linecap="round" d="M16.6 '
        "11c-.3-2.7-1.9-4.1-4.4-4.1-1.6 0-2.8.6-3.5 1.8M12.6 11.4c-2.8 0-4.2 1-4.2 2.7 0 1.5 1.3 2.5 3.2 "
        "2.5 2.9 0 4.2-2 3.8-5.4 3.2 1 4.5 3 3.8 5.4-.9 2.9-3.6 4.4-7 4.4-5 0-7.7-3.2-7.7-9s2.7-9 "
        '7.7-9c3.9 0 6.4 1.8 7.4 5.2"/>',
        name={"en": "Threads share button", "ko": "스레드 공유 버튼"},
        hint={"en": "Post on Threads", "ko": "스레드에 올리기"},
        address="https://www.threads.com/intent/post?text={title}&url={url}",
    ),
)
