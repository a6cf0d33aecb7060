"""LinkedIn in share bars.

Source: https://learn.microsoft.com/en-us/linkedin/consumer/integrations/self-serve/plugins/share-plugin. It takes the
address alone and reads title and picture from the page.
"""

from __future__ import annotations

from distributor.channels.share_records import ShareAddress, ShareButton, ShareRecord, ShareSigns

SHARE_RECORD = ShareRecord(
    label={"en": "LinkedIn", "ko": "링크드인"},
    signs=ShareSigns(
        words=("linkedin", "링크드인"),
        # It also shares by a query of its feed's address.
        addresses=(ShareAddress("linkedin.com", r"/(?:sharing|sharearticle|cws/share|feed/\?sharea)"),),
        sites=("linkedin",),
    ),
    button=ShareButton(
        icon='<path fill="currentColor" d="M4.9 9.4h2.9V19H4.9zM6.4 4.6a1.7 1.7 0 1 1 0 3.4 1.7 1.7 0 0 1 '
        "0-3.4zM9.9 9.4h2.8v1.3c.5-.9 1.6-1.6 3-1.6 2.7 0 3.5 1.7 3.5 "
        '4.3V19h-2.9v-5c0-1.4-.4-2.3-1.6-2.3S12.8 12.6 12.8 14v5H9.9z"/>',
        name={"en": "LinkedIn share button", "ko": "링크드인 공유 버튼"},
        hint={"en": "Share on LinkedIn", "ko": "링크드인에 공유하기"},
        address="https://www.linkedin.com/sharing/share-offsite/?url={url}",
    ),
)
