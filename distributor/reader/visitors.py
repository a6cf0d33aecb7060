"""Telling readers from machines, for the Top 10. Coarse on purpose: it only ranks, nobody is paid by it."""

from __future__ import annotations

import re

from django.http import HttpRequest

# The words that crawlers, link previewers, feed readers and command-line tools call themselves by. KakaoTalk's own
# browser says “KAKAOTALK”, and Telegram's is no different from the phone's: those are people.
_MACHINES = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|facebookexternalhit|facebookcatalog|meta-external|kakaotalk-scrap|whatsapp/|"
    r"mastodon/|pleroma|misskey|http\.rb|cardyb|iframely|embedly|vkshare|line-poker|yeti/|daumoa|preview|feed|rss|monitor|"
    r"curl|wget|python|java/|go-http|httpx|okhttp|axios|node-fetch|undici",
    re.IGNORECASE,
)


def is_reader(request: HttpRequest) -> bool:
    """Whether this request shows a page to a person: a GET by a browser that is not only fetching ahead."""
    agent = request.headers.get("User-Agent", "")
    ahead = "prefetch" in request.headers.get("Sec-Purpose", request.headers.get("Purpose", ""))
    framed = request.headers.get("Sec-Fetch-Dest") == "iframe"  # the desk shows what went out
    return request.method == "GET" and bool(agent) and not ahead and not framed and not _MACHINES.search(agent)
