"""Facebook in share bars. Source: https://developers.facebook.com/docs/plugins/share-button/"""

from __future__ import annotations

from distributor.channels.share_records import ShareAddress, ShareButton, ShareRecord, ShareSigns

SHARE_RECORD = ShareRecord(
    label={"en": "Facebook", "ko": "페이스북"},
    usual=True,
    signs=ShareSigns(
        words=("facebook", "fb", "페이스북", "페북", "フェイスブック", "脸书", "臉書"),
        addresses=(
            ShareAddress("facebook.com", r"/(?:sharer|share\.php|share/?$|dialog/(?:share|feed|send)|plugins/share)"),
        ),
        sites=("facebook",),
    ),
    button=ShareButton(
        icon='<path fill="currentColor" d="M13.4 21v-7.6h2.7l.5-3.1h-3.2V8.4c0-.9.4-1.6 1.7-1.6h1.6V4.1C16.3 '
        '4 15.6 4 14.8 4 12.1 4 10.3 5.6 10.3 8.2v2.1H7.6v3.1h2.7V21z"/>',
        name={"en": "Facebook share button", "ko": "페이스북 공유 버튼"},
        hint={"en": "Share on Facebook", "ko": "페이스북에 공유하기"},
        address="https://www.facebook.com/sharer/sharer.php?u={url}",
    ),
)
