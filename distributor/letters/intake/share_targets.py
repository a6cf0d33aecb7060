"""What the targets of links say: the share addresses of networks, told from profiles on the same hosts. Pure."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from distributor.letters.intake.share_words import Named, from_code

# (host ending, path beginning or "") → channel. A page of someone's profile on these hosts is no share target.
_TARGETS: tuple[tuple[str, str, str], ...] = (
    ("facebook.com", r"/(?:sharer|share\.php|share/?$|dialog/(?:share|feed|send)|plugins/share)", "facebook"),
    ("twitter.com", r"/(?:intent|share|home$)", "twitter"),
    ("x.com", r"/(?:intent|share)", "twitter"),
    ("story.kakao.com", r"/(?:s/)?share", "kakao"),
    ("sharer.kakao.com", "", "kakao"),
    ("t.me", r"/share", "telegram"),
    ("telegram.me", r"/share", "telegram"),
    ("bsky.app", r"/intent", "bluesky"),
    ("linkedin.com", r"/(?:sharing|sharearticle|cws/share|feed/\?sharea)", "linkedin"),
    ("threads.net", r"/(?:intent|share)", "threads"),
    ("threads.com", r"/(?:intent|share)", "threads"),
    ("social-plugins.line.me", "", "line"),
    ("line.me", r"/(?:r/)?(?:msg|share|lineit)", "line"),
    ("band.us", r"/(?:plugin/)?share", "band"),
    ("share.naver.com", "", "naver"),
    ("blog.naver.com", r"/openapi/share", "naver"),
    ("wa.me", "", "whatsapp"),
    ("whatsapp.com", r"/send", "whatsapp"),
    ("reddit.com", r"/(?:r/\w+/)?submit", "reddit"),
    ("pinterest.com", r"/pin/create", "pinterest"),
    ("tumblr.com", r"/(?:share|widgets/share)", "tumblr"),
    ("getpocket.com", r"/(?:save|edit)", "pocket"),
    ("instapaper.com", r"/(?:edit|hello)", "instapaper"),
    ("share.flipboard.com", "", "flipboard"),
    ("news.ycombinator.com", r"/submitlink", "hackernews"),
    ("service.weibo.com", r"/share", "weibo"),
    ("vk.com", r"/share", "vk"),
    ("share.joinmastodon.org", "", "mastodon"),
    ("mastodon.social", r"/share", "mastodon"),
    ("mastodonshare.com", "", "mastodon"),
    ("toot.kytta.dev", "", "mastodon"),
    ("s2f.kytta.dev", "", "mastodon"),
)
_SCHEMES = {
    "kakaolink": "kakao",
    "kakaotalk": "kakao",
    "storylink": "kakao",
    "whatsapp": "whatsapp",
    "tg": "telegram",
    "line": "line",
    "bandapp": "band",
    "fb-messenger": "messenger",
    "viber": "viber",
    "sms": "sms",
}
_NETWORK_HOSTS = re.compile(
    r"(?:^|\.)(?:facebook|twitter|x|instagram|linkedin|youtube|bsky|threads|tumblr|pinterest|kakao|t|telegram|line|"
    r"band|reddit|flipboard|naver|mastodon)\.(?:com|net|me|us|app|social|be)$"
)


def from_target(href: str) -> Named | None:
    """Return the channel whose share address a link target is; None for profiles and all other targets."""
    href = href.strip()
    scheme = href.partition(":")[0].lower()
    if scheme == "mailto":
        # A share link leaves the recipient open; with a recipient it is somebody's address.
        recipient = href[len("mailto:") :].partition("?")[0]
        return Named("mail", True) if not recipient and "?" in href else None
    if scheme in _SCHEMES:
        return Named(_SCHEMES[scheme], True)
    if scheme == "javascript":
        return from_code(href)
    host, path = _host_and_path(href)
    asked = f"{path}?{href.partition('?')[2].lower()}"  # LinkedIn shares by a query of its feed's address
    for ending, beginning, channel in _TARGETS:
        on_host = host == ending or host.endswith(f".{ending}")
        if on_host and (re.match(beginning, path) or re.match(beginning, asked)):
            return Named(channel, True)
    return None


def is_profile(href: str) -> bool:
    """Return whether a target is a page on a social network that is no share address: "follow us", not "share"."""
    host, path = _host_and_path(href)
    return bool(_NETWORK_HOSTS.search(host)) and path.strip("/") != "" and from_target(href) is None


def _host_and_path(href: str) -> tuple[str, str]:
    try:
        parts = urlsplit(href if not href.startswith("//") else f"https:{href}")
        return (parts.hostname or "").lower(), parts.path.lower()
    except ValueError:
        return "", ""
