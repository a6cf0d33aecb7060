"""The Content-Security-Policy of our pages, and of the mails that the desk shows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings

# Everything comes from us but the pictures of letters, which are the newsroom's own: each page names their hosts.
_SOURCES: Final = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "font-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "frame-src": "'self'",
    "frame-ancestors": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "object-src": "'none'",
}
MOST_HOSTS: Final = 20  # proxies take headers of 4 kB: with more hosts than that, all that are encrypted are let in
_ADDRESS = re.compile(r"""https?://[^\s"'<>()\\]+""")
_HOST = re.compile(r"(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?")
# What loads a picture: an attribute, or a style.
_PICTURE = re.compile(r"""(?:\b(?:src|srcset|background|poster)\s*=\s*["']?|url\(\s*["']?)([^"'<>)]+)""", re.IGNORECASE)


def policy(also: Mapping[str, str] | None = None, *, pictures: Iterable[str] = ()) -> str:
    """Return the header's value for a page of ours.

    `also` names further sources by directive ("script-src": "https://…"), `pictures` are addresses that it may show.
    """
    further_sources = {**(also or {})}
    further_sources["img-src"] = f"{further_sources.get('img-src', '')} {_hosts(pictures)}".strip()
    return "; ".join(f"{name} {sources} {further_sources.get(name, '')}".rstrip() for name, sources in _SOURCES.items())


def mail_policy(html: str, *, with_pictures: bool = True) -> str:
    """Return the header's value for a mail, which is somebody's HTML.

    It gets no scripts, no forms, no address of its own, its links open elsewhere, and pictures where they are wanted.
    """
    pictures = f"'self' data: {_hosts(pictures_in(html))}" if with_pictures else "'none'"
    return (
        "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
        f"img-src {pictures}; "
        "style-src 'unsafe-inline'; font-src data:; frame-ancestors 'self'"
    )


def pictures_in(html: str) -> list[str]:
    """Return the absolute addresses that a piece of HTML loads."""
    return [address for value in _PICTURE.findall(html) for address in _ADDRESS.findall(value)]


def _hosts(addresses: Iterable[str]) -> str:
    """Return the sources of pictures: this site, by whatever name it is visited, and the hosts of these addresses."""
    parts = [urlsplit(address) for address in (settings.SITE_URL, *filter(None, addresses))]
    hosts = dict.fromkeys(f"{part.scheme}://{part.netloc}" for part in parts if _HOST.fullmatch(part.netloc))
    return " ".join(hosts) if len(hosts) <= MOST_HOSTS else f"{next(iter(hosts))} https:"
