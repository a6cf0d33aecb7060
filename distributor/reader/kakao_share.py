"""A reader's own sharing in KakaoTalk, where the publication has a JavaScript key of its Kakao app.

Kakao's script is loaded when a reader presses the button, not before: who only reads is not seen by Kakao. Where it
can't be loaded the button does what it does without a key.

Sources: https://developers.kakao.com/docs/latest/en/kakaotalk-share/js-link, …/javascript/download (the script and its
integrity value; the key's domain must be registered with the app).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from distributor.delivery.variants.previews import options_for

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


@dataclass(frozen=True, slots=True)
class KakaoShare:
    """What the button needs: the publication's public key, and the message as `Kakao.Share.sendDefault` takes it."""

    key: str
    message: str

    @property
    def data(self) -> dict[str, str]:
        """The button's data attributes."""
        return {"key": self.key, "sdk": SDK, "integrity": INTEGRITY, "message": self.message}


def key_of(slug: str, channel_options: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the publication's JavaScript key, "" where it has none that can be one."""
    key = options_for(slug, channel_options, "kakao").setting("javascript_key").strip()
    return key if _KEY.fullmatch(key) else ""


def share(key: str, *, title: str, description: str, image: str, url: str, button: str) -> KakaoShare:
    """Return the letter as a card to share; `button` is what its button says."""
    link = {"mobileWebUrl": url, "webUrl": url}
    content: dict[str, Any] = {
        "title": title[:TITLE_SHOWN],
        "description": description[:DESCRIPTION_SHOWN],
        "link": link,
    }
    if image:
        content["imageUrl"] = image
    message = {"objectType": "feed", "content": content, "buttons": [{"title": button, "link": link}]}
    return KakaoShare(key, json.dumps(message, ensure_ascii=False))
