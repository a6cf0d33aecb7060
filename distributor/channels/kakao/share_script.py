"""A reader's own sharing in KakaoTalk, where the publication has a JavaScript key of its Kakao app.

Kakao's script is loaded when a reader presses the button, not before: who only reads is not seen by Kakao. Where it
can't be loaded the button does what it does without a key.

Sources: https://developers.kakao.com/docs/latest/en/kakaotalk-share/js-link, …/javascript/download (the script and its
integrity value; the key's domain must be registered with the app).
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from distributor.channels.share_records import SharedPage, ShareScript

if TYPE_CHECKING:
    from distributor.channels.base import Options

SDK = "https://t1.kakaocdn.net/kakao_js_sdk/2.8.1/kakao.min.js"
INTEGRITY = "sha384-OL+ylM/iuPLtW5U3XcvLSGhE8JzReKDank5InqlHGWPhb4140/yrBw0bg0y7+C9J"
# What the script needs: itself, Kakao's check of a message, its window to choose friends in, and the app on phones.
SOURCES = {
    "script-src": "https://t1.kakaocdn.net",
    "connect-src": "https://kapi.kakao.com",
    "form-action": "https://sharer.kakao.com",
    "frame-src": "kakaolink: intent:",
}
TITLE_SHOWN, DESCRIPTION_SHOWN = 100, 150  # characters; a card shows about two lines of each
_KEY = re.compile(r"[0-9A-Za-z]{8,64}")


def share_script(options: Options, page: SharedPage) -> ShareScript | None:
    """Return what opens KakaoTalk with the page as a card; None where the publication has no usable key."""
    key = key_of(options)
    if not key:
        return None
    return ShareScript(
        address=SDK,
        integrity=INTEGRITY,
        key=key,
        start="Kakao.init",
        started="Kakao.isInitialized",
        share="Kakao.Share.sendDefault",
        message=json.dumps(card(page), ensure_ascii=False),
        sources=SOURCES,
    )


def key_of(options: Options) -> str:
    """Return the publication's JavaScript key, "" where it has none that can be one."""
    key = options.setting("javascript_key").strip()
    return key if _KEY.fullmatch(key) else ""


def card(page: SharedPage) -> dict[str, Any]:
    """Return the page as the message that `Kakao.Share.sendDefault` takes."""
    link = {"mobileWebUrl": page.url, "webUrl": page.url}
    content: dict[str, Any] = {
        "title": page.title[:TITLE_SHOWN],
        "description": page.description[:DESCRIPTION_SHOWN],
        "link": link,
    }
    if page.image:
        content["imageUrl"] = page.image
    return {"objectType": "feed", "content": content, "buttons": [{"title": page.button, "link": link}]}
