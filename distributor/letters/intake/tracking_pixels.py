"""Which pictures are there to count openings, not to be seen: told by their size and by who serves them.

A picture's name says nothing by itself: “pixel-9-review.jpg” is a phone, “beacon-hill-fire.jpg” is a fire.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from distributor.letters.intake import dom

_TINY = re.compile(r"[0-2](?:\.\d+)?(?:px)?")
_TINY_STYLE = re.compile(r"(?:^|;)(?:max-)?(?:width|height):[0-2](?:\.\d+)?(?:px)?(?:!important)?(?:;|$)")
# A GIF that is called by its size or by what it is: nothing to see. `blank-page.png` is another matter.
_PLACEHOLDER = re.compile(r"/(?:1x1\.\w+|(?:pixel|spacer|blank|clear|transparent|shim|beacon)\.gif)$")

# Hosts that serve nothing but counting, with all below them.
_HOSTS = (
    *("doubleclick.net", "google-analytics.com", "googleadservices.com", "scorecardresearch.com", "quantserve.com"),
    *("bat.bing.com", "px.ads.linkedin.com", "ct.pinterest.com", "analytics.twitter.com", "stats.wp.com"),
    *("pixel.wp.com", "mc.yandex.ru", "counter.yadro.ru", "met.vgwort.de", "ioam.de", "wcs.naver.net", "chartbeat.net"),
)
# Addresses that count openings at hosts that also serve pictures, as mail providers and Matomo have them.
_ENDPOINT = re.compile(
    r"facebook\.com/tr(?:/|$)|/(?:wf|track|trk|e)/(?:open|o)(?:[./]|$)|/open\.(?:php|aspx|gif)$|/(?:matomo|piwik)\.php$"
    r"|/__(?:utm|ptq)\.gif$|t\.co/i/adsct$"
)


def is_tracking_pixel(image: dom.Element, source: str) -> bool:
    """Return whether a picture is at most two CSS pixels wide or high, or comes from an address that only counts."""
    return is_tiny(image) or counts_openings(source) or is_placeholder(source)


def is_tiny(image: dom.Element) -> bool:
    """Return whether a picture's own size says that nobody is to see it."""
    style = dom.attribute(image, "style").replace(" ", "").lower()
    sizes = (dom.attribute(image, side) for side in ("width", "height"))
    return any(_TINY.fullmatch(size) for size in sizes) or bool(_TINY_STYLE.search(style))


def counts_openings(source: str) -> bool:
    """Return whether an address is one of those that count who opens a page or a mail."""
    try:
        parts = urlsplit(source.lower())
        host = parts.hostname or ""
    except ValueError:
        return False
    return any(host == name or host.endswith(f".{name}") for name in _HOSTS) or bool(
        _ENDPOINT.search(f"{host}{parts.path}")
    )


def is_placeholder(source: str) -> bool:
    """Return whether an address is that of an empty GIF, which stands where the picture comes later."""
    path = source.lower().partition("?")[0].partition("#")[0]
    return bool(_PLACEHOLDER.search(f"/{path}"))
