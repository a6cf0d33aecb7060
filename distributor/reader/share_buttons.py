"""The share bar's buttons for readers. None of them needs a key, a script of somebody else's, or a cookie.

With a key of its Kakao app a publication can have KakaoTalk opened: see `kakao_sharing`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal
from urllib.parse import quote, urlencode

from distributor.reader.kakao_share import KakaoShare

USUAL = ("facebook", "twitter", "kakao", "mail", "link")


@dataclass(frozen=True, slots=True)
class ShareButton:
    """One button. `href` works without a script; with one, `action` comes first.

    `copy` copies the link. `menu` opens the device's own share menu, or copies the link where there is none. `kakao`
    opens KakaoTalk with what `data` holds, and is as `menu` where that fails.
    """

    name: str
    label: str
    title: str
    href: str
    action: Literal["", "copy", "menu", "kakao"] = ""
    data: Mapping[str, str] = field(default_factory=dict)

    @property
    def external(self) -> bool:
        """Whether it leads to another site."""
        return self.href.startswith("https://")


def buttons(
    share_bar: Iterable[str], *, title: str, url: str, kakao: KakaoShare | None = None
) -> tuple[ShareButton, ...]:
    """Return the buttons in the share bar's order, all five where it names none.

    A channel on which readers can't share gets no button.
    """
    known = {button.name: button for button in _all(title, url)}
    if kakao is not None:
        opens = "Share in KakaoTalk: opens KakaoTalk, by a script of Kakao’s"
        known["kakao"] = replace(known["kakao"], title=opens, action="kakao", data=kakao.data)
    return tuple(known[name] for name in dict.fromkeys(share_bar or USUAL) if name in known)


def _all(title: str, url: str) -> tuple[ShareButton, ...]:
    body = f"{title}\r\n\r\n{url}"
    return (
        ShareButton(
            "facebook",
            "Facebook share button",
            "Share on Facebook",
            f"https://www.facebook.com/sharer/sharer.php?{urlencode({'u': url})}",
        ),
        # https://docs.x.com/x-for-websites/post-button/guides/web-intent
        ShareButton(
            "twitter",
            "Twitter share button",
            "Post on X",
            f"https://x.com/intent/tweet?{urlencode({'text': title, 'url': url})}",
        ),
        # A KakaoTalk share from a web page needs a JavaScript key and Kakao's own script
        # (https://developers.kakao.com/docs/en/kakaotalk-share/js-link); a phone's share menu needs neither.
        ShareButton(
            "kakao",
            "Kakao share button",
            "Share in KakaoTalk: opens your share menu, or copies the link to paste into a chat",
            "#letter-link",
            "menu",
        ),
        # RFC 6068: spaces as %20, never as +.
        ShareButton(
            "mail",
            "Mail share button",
            "Send by mail",
            f"mailto:?subject={quote(title, safe='')}&body={quote(body, safe='')}",
        ),
        ShareButton("link", "Link share button", "Copy the link", "#letter-link", "copy"),
    )
