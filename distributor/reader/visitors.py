"""Telling readers from machines, for the Top 10. Coarse on purpose: it only ranks, nobody is paid by it."""

from __future__ import annotations

import re

from django.http import HttpRequest

# The words that crawlers, link previewers, feed readers and command-line tools call themselves by.
_MACHINES = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|facebookexternalhit|kakaotalk-scrap|preview|feed|rss|monitor|curl|wget|python|"
    r"java/|go-http|httpx|okhttp",
    re.IGNORECASE,
)


def is_reader(request: HttpRequest) -> bool:
    """Whether this request shows a page to a person: a GET by a browser that is not only fetching ahead."""
    agent = request.headers.get("User-Agent", "")
    ahead = "prefetch" in request.headers.get("Sec-Purpose", request.headers.get("Purpose", ""))
    framed = request.headers.get("Sec-Fetch-Dest") == "iframe"  # the desk shows what went out
    return request.method == "GET" and bool(agent) and not ahead and not framed and not _MACHINES.search(agent)
