"""Mastodon in share bars.

Every reader has a server of their own, and each has a page `/share?text=` to write a post on
(https://github.com/mastodon/mastodon/blob/main/app/controllers/shares_controller.rb). So the reader is asked for the
server, and nobody else: a service that forwards there would learn who reads what.
"""

from __future__ import annotations

from distributor.channels.share_records import ShareAddress, ShareButton, ShareRecord, ShareSigns

SHARE_RECORD = ShareRecord(
    label={"en": "Mastodon", "ko": "마스토돈"},
    signs=ShareSigns(
        words=("mastodon", "마스토돈"),
        addresses=(
            ShareAddress("share.joinmastodon.org"),
            ShareAddress("mastodon.social", r"/share"),
            # Services that forward to the reader's server.
            ShareAddress("mastodonshare.com"),
            ShareAddress("toot.kytta.dev"),
            ShareAddress("s2f.kytta.dev"),
        ),
        sites=("mastodon",),
    ),
    button=ShareButton(
        icon='<path fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" '
        'stroke-linejoin="round" d="M8 13.5V9.9a2 2 0 0 1 4 0v2.6M12 12.5V9.9a2 2 0 0 1 4 0v3.6M15.5 '
        "20.2c-3.5.8-8 .4-9.7-1.5C4.2 17 4 12.8 4.2 9.2 4.4 5.8 6.2 4 12 4s7.6 1.8 7.8 5.2c.1 1.7.1 "
        '3.5-.1 5-.3 2.1-2.3 2.7-5.7 2.9-2.3.1-4.5-.2-6.5-.7"/>',
        name={"en": "Mastodon share button", "ko": "마스토돈 공유 버튼"},
        hint={"en": "Post on Mastodon: asks for your server", "ko": "마스토돈에 올리기: 서버를 묻습니다"},
        address="https://{server}/share?text={title}%20{url}",
        action="server",
        asks={"en": "Your Mastodon server", "ko": "나의 마스토돈 서버"},
    ),
)
