"""By what the buttons of share bars are known: the signs of our channels, and of networks that we know by name only.

What we have no channel for is kept in a letter's share bar under its name, and the desk says so.
"""

from __future__ import annotations

from collections.abc import Mapping

from distributor.channels.share_bar import SHARE_RECORDS
from distributor.channels.share_records import ShareAddress, ShareSigns

OTHER_NETWORKS: Mapping[str, ShareSigns] = {
    "instagram": ShareSigns(words=("instagram", "인스타그램", "인스타"), sites=("instagram",)),
    "youtube": ShareSigns(sites=("youtube",)),  # only ever a profile
    "line": ShareSigns(
        words=("line", "라인", "ライン"),
        apart=(("line 앱", "line"),),
        plain_classes=("line",),
        addresses=(ShareAddress("social-plugins.line.me"), ShareAddress("line.me", r"/(?:r/)?(?:msg|share|lineit)")),
        schemes=("line",),
        sites=("line",),
    ),
    "band": ShareSigns(
        words=("band", "naverband", "밴드", "네이버밴드"),
        apart=(("naver band", "band"), ("네이버 밴드", "밴드")),
        addresses=(ShareAddress("band.us", r"/(?:plugin/)?share"),),
        schemes=("bandapp",),
        sites=("band",),
    ),
    "naver": ShareSigns(
        words=("naver", "naverblog", "네이버", "네이버블로그"),
        apart=(("네이버 블로그", "네이버"), ("naver blog", "naver")),
        addresses=(ShareAddress("share.naver.com"), ShareAddress("blog.naver.com", r"/openapi/share")),
        sites=("naver",),
    ),
    "whatsapp": ShareSigns(
        words=("whatsapp", "왓츠앱"),
        addresses=(ShareAddress("wa.me"), ShareAddress("whatsapp.com", r"/send")),
        schemes=("whatsapp",),
    ),
    "messenger": ShareSigns(
        words=("messenger", "메신저"), apart=(("facebook messenger", "messenger"),), schemes=("fb-messenger",)
    ),
    "reddit": ShareSigns(
        words=("reddit", "레딧"), addresses=(ShareAddress("reddit.com", r"/(?:r/\w+/)?submit"),), sites=("reddit",)
    ),
    "pinterest": ShareSigns(
        words=("pinterest", "핀터레스트"),
        addresses=(ShareAddress("pinterest.com", r"/pin/create"),),
        sites=("pinterest",),
    ),
    "tumblr": ShareSigns(
        words=("tumblr",), addresses=(ShareAddress("tumblr.com", r"/(?:share|widgets/share)"),), sites=("tumblr",)
    ),
    "pocket": ShareSigns(
        words=("pocket", "포켓"),
        plain_classes=("pocket",),
        addresses=(ShareAddress("getpocket.com", r"/(?:save|edit)"),),
    ),
    "instapaper": ShareSigns(words=("instapaper",), addresses=(ShareAddress("instapaper.com", r"/(?:edit|hello)"),)),
    "flipboard": ShareSigns(
        words=("flipboard",), addresses=(ShareAddress("share.flipboard.com"),), sites=("flipboard",)
    ),
    "hackernews": ShareSigns(
        words=("hackernews",),
        apart=(("hacker news", "hackernews"),),
        addresses=(ShareAddress("news.ycombinator.com", r"/submitlink"),),
    ),
    "weibo": ShareSigns(words=("weibo", "微博", "新浪微博"), addresses=(ShareAddress("service.weibo.com", r"/share"),)),
    "qq": ShareSigns(words=("qq", "qzone", "qq空间"), addresses=(ShareAddress("connect.qq.com", r"/widget/shareqq"),)),
    "zalo": ShareSigns(words=("zalo",), addresses=(ShareAddress("zalo.me", r"/share"),)),
    "hatena": ShareSigns(
        words=("hatena", "はてな", "はてなブックマーク", "はてブ"),
        addresses=(ShareAddress("b.hatena.ne.jp", r"/(?:add|entry)"),),
    ),
    "wechat": ShareSigns(words=("wechat", "weixin", "微信", "朋友圈")),
    "vk": ShareSigns(words=("vk", "vkontakte"), addresses=(ShareAddress("vk.com", r"/share"),)),
    "xing": ShareSigns(words=("xing",)),
    "viber": ShareSigns(words=("viber",), schemes=("viber",)),
    "signal": ShareSigns(words=("signal",), plain_classes=("signal",)),
    "sms": ShareSigns(words=("sms", "문자"), schemes=("sms",)),
}
SIGNS: Mapping[str, ShareSigns] = {**OTHER_NETWORKS, **{name: record.signs for name, record in SHARE_RECORDS.items()}}
