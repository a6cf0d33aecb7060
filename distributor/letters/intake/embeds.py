"""Players and frames within a letter: a linked picture, or a line with a link. No mail and no feed can play them.

What only furnishes a page (advertising, counters, forms to subscribe, buttons to like) is no part of the letter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from lxml import etree

from distributor.letters.intake import dom
from distributor.letters.intake.share_words import channel_named
from distributor.letters.intake.tracking_pixels import counts_openings, is_tiny
from distributor.letters.intake.web_addresses import absolute

_FRAMES = ("iframe", "embed", "object", "video", "audio", "lite-youtube", "lite-vimeo", "amp-youtube", "amp-vimeo")
_TITLE_LIMIT = 150  # characters
_PLAY, _LISTEN = "▶", "♪"

# What players call themselves and not what they play.
_NO_TITLE = re.compile(
    r"(?:youtube|vimeo|spotify|soundcloud|instagram|tiktok|google)?\W*(?:video|audio|media|music)?\W*(?:player|embed|"
    r"embedded content|iframe|frame|widget|content|post|map)?s?\W*",
    re.IGNORECASE,
)
_FURNITURE = re.compile(
    r"(?:^|\.)(?:doubleclick\.net|googlesyndication\.com|googletagmanager\.com|adsystem\.com|adnxs\.com|criteo\.(?:com|net)|"
    r"taboola\.com|outbrain\.com|disqus\.com|addthis\.com|sharethis\.com|recaptcha\.net|hcaptcha\.com|list-manage\.com)$"
    r"|^(?:www\.)?facebook\.com/plugins/(?:like|page|share|follow)|^platform\.twitter\.com/widgets|\.substack\.com/embed$"
    r"|^www\.google\.com/recaptcha|^(?:embeds\.)?beehiiv\.com/|^buttondown\.(?:com|email)/.*[?&]as_embed|^ads?\."
)


@dataclass(frozen=True, slots=True)
class _Player:
    """What a player's address says: where people see the thing itself, and a picture of it where there is one."""

    page: str
    picture: str = ""
    sound: bool = False


# Hosts and paths of players, and where the same is for people. The names are those of the expression's groups.
_PLAYERS: tuple[tuple[re.Pattern[str], str, str], ...] = tuple(
    (re.compile(pattern), page, picture)
    for pattern, page, picture in (
        (
            r"(?:www\.|m\.)?youtube(?:-nocookie)?\.com/(?:embed|v|shorts|live)/(?P<id>[\w-]{11})",
            "https://www.youtube.com/watch?v={id}",
            "https://i.ytimg.com/vi/{id}/hqdefault.jpg",
        ),
        (r"youtu\.be/(?P<id>[\w-]{11})", "https://youtu.be/{id}", "https://i.ytimg.com/vi/{id}/hqdefault.jpg"),
        (r"player\.vimeo\.com/video/(?P<id>\d+)", "https://vimeo.com/{id}", ""),
        (r"(?:www|geo)\.dailymotion\.com/(?:embed/)?video/(?P<id>\w+)", "https://www.dailymotion.com/video/{id}", ""),
        (r"open\.spotify\.com/embed(?:-podcast)?/(?P<id>\w+/\w+)", "https://open.spotify.com/{id}", ""),
        (r"embed\.podcasts\.apple\.com/(?P<id>.+)", "https://podcasts.apple.com/{id}", ""),
        (r"embed\.music\.apple\.com/(?P<id>.+)", "https://music.apple.com/{id}", ""),
        (r"embed\.ted\.com/talks/(?P<id>[\w/]+)", "https://www.ted.com/talks/{id}", ""),
        (r"www\.instagram\.com/(?P<id>(?:p|reel)/[\w-]+)/embed", "https://www.instagram.com/{id}/", ""),
        (r"tv\.naver\.com/embed/(?P<id>\d+)", "https://tv.naver.com/v/{id}", ""),
        (r"(?:play-)?tv\.kakao\.com/embed/player/cliplink/(?P<id>\w+)", "https://tv.kakao.com/v/{id}", ""),
        (r"embed\.nicovideo\.jp/watch/(?P<id>\w+)", "https://www.nicovideo.jp/watch/{id}", ""),
    )
)
_SOUNDS = re.compile(
    r"(?:^|\.)(?:spotify\.com|soundcloud\.com|podcasts\.apple\.com|music\.apple\.com|bandcamp\.com|simplecast\.com|"
    r"acast\.com|buzzsprout\.com|transistor\.fm|megaphone\.fm|podbean\.com|libsyn\.com|anchor\.fm|podigee\.io)$"
    r"|\.(?:mp3|m4a|ogg|oga|wav|aac|flac|opus)$"
)
_NO_PICTURE_SIZE = {"width": "480", "height": "360"}  # of YouTube's own, as they are named `hqdefault`


def settle(body: dom.Element, *, base: str, on_page: bool) -> None:
    """Turn the players and frames below an element into what a mail can carry, in place.

    On a page a frame without a name, from a host that plays nothing, is taken for furniture.
    """
    for element in list(body.iter(*_FRAMES)):
        if element.getparent() is None or any(up.tag in _FRAMES for up in dom.ancestors(element)):
            continue
        player = _player(element, base)
        if player is None or _is_furniture(element, player.page):
            continue
        title = _title(element) or _file_name(element, player.page)
        if on_page and not title and element.tag == "iframe" and not _plays(element, base):
            continue
        _replace(element, player, title)


def _player(element: dom.Element, base: str) -> _Player | None:
    if video := dom.attribute(element, "videoid") or dom.attribute(element, "data-videoid"):
        host = "player.vimeo.com/video/" if "vimeo" in str(element.tag) else "www.youtube.com/embed/"
        return _at(f"https://{host}{video}")
    address = _source(element, base)
    if not address or address.lower().partition("?")[0].endswith(".swf"):
        return None
    known_player = _at(address)
    if known_player.picture or element.tag not in ("video", "audio"):
        return known_player
    poster = absolute(dom.attribute(element, "poster"), base) if element.get("poster") else ""
    return _Player(address, poster, sound=element.tag == "audio")


def _source(element: dom.Element, base: str) -> str:
    names = ("src", "data-src", "data-lazy-src", "data-litespeed-src", "data")
    for source in (element, *element.iter("source")):
        for name in names:
            if address := absolute(dom.attribute(source, name), base):
                return address
    return ""


def _at(address: str) -> _Player:
    """Return what an address plays; one that nobody here knows leads to itself."""
    parts = urlsplit(address)
    place = f"{parts.hostname or ''}{parts.path}"
    sound = bool(_SOUNDS.search(parts.hostname or "") or _SOUNDS.search(parts.path))
    for pattern, page, picture in _PLAYERS:
        if match := pattern.match(place):
            return _Player(page.format(**match.groupdict()), picture.format(**match.groupdict()), sound)
    query = parse_qs(parts.query)
    if parts.hostname == "w.soundcloud.com" and (url := absolute(query.get("url", [""])[0], "")):
        return _Player(url if "api.soundcloud.com" not in url else address, sound=True)
    if parts.hostname == "player.bilibili.com" and (video := query.get("bvid", [""])[0]):
        return _Player(f"https://www.bilibili.com/video/{video}" if video.isalnum() else address)
    if parts.hostname == "platform.twitter.com" and (post := query.get("id", [""])[0]).isdecimal():
        return _Player(f"https://x.com/i/status/{post}")
    return _Player(address, sound=sound)


def _plays(element: dom.Element, base: str) -> bool:
    """Return whether a frame's host is one that plays or shows something, by the tables above."""
    address = _source(element, base)
    player = _at(address)
    return player.page != address or player.sound or any(up.tag == "figure" for up in dom.ancestors(element, most=3))


def _is_furniture(element: dom.Element, address: str) -> bool:
    parts = urlsplit(address)
    host = parts.hostname or ""
    place = f"{host}{parts.path}{'?' if parts.query else ''}{parts.query}"
    if dom.is_hidden(element) or is_tiny(element) or counts_openings(address):
        return True
    return bool(_FURNITURE.search(host) or _FURNITURE.search(place))


def _is_no_title(title: str) -> bool:
    """Whether a player says of itself only what it is, and on which network."""
    first_word, _, rest = title.partition(" ")
    return bool(_NO_TITLE.fullmatch(rest if rest and channel_named(first_word) else title))


def _title(element: dom.Element) -> str:
    for name in ("title", "aria-label", "playlabel", "alt"):
        title = " ".join(dom.attribute(element, name).split())
        if title and not _is_no_title(title):
            return title if len(title) <= _TITLE_LIMIT else f"{title[: _TITLE_LIMIT - 1]}…"
    return ""


def _file_name(element: dom.Element, address: str) -> str:
    """Return what a file that is played is called, "" for what is a page of its own."""
    name = unquote(urlsplit(address).path.rpartition("/")[2])
    return name[:_TITLE_LIMIT] if element.tag in ("audio", "video", "object", "embed") and "." in name else ""


def _replace(element: dom.Element, player: _Player, title: str) -> None:
    """Put a figure in the element's place, or where it stands in one already, what such a figure holds."""
    parent = element.getparent()
    assert parent is not None
    host = (urlsplit(player.page).hostname or "").removeprefix("www.")
    label = f"{_LISTEN if player.sound else _PLAY} {title or host}{f' ({host})' if title else ''}"
    within = next((up for up in dom.ancestors(element, most=4) if up.tag == "figure"), None)
    box = etree.Element("div" if within is not None else "figure")
    if player.picture:
        link = etree.SubElement(box, "a", href=player.page)
        size = _NO_PICTURE_SIZE if "i.ytimg.com" in player.picture else {}
        etree.SubElement(link, "img", {"src": player.picture, "alt": label, **size})
    line = etree.SubElement(box, "p")
    etree.SubElement(line, "a", href=player.page).text = label
    box.tail = element.tail
    parent.replace(element, box)
